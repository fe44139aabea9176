"""Sweeps over models, layers and benchmarks: what they write, and that nothing that happens to them spoils it."""
import os
import signal
import socket
import subprocess
import sys
import time

import dask
import numpy as np
import pandas as pd
import psutil
import pytest
from brainscore_vision import load_benchmark, load_model
from brainscore_vision.benchmarks.simulated_mouse.benchmark import load_area
from dask.distributed import LocalCluster

from brainscore_plugin import link as links
from brainscore_plugin.sweep import SweepFailed, load_results, sweep
from brainscore_plugin.sweep.results import read_summary, write_result
from brainscore_plugin.sweep.tasks import Task

MODELS = ['pixels64', 'random_features', 'alexnet64_untrained']
BENCHMARKS = ['SimulatedMouse.VISp-pls', 'SimulatedMouse.VISl-rdm']
QUICK = ['SimulatedMouse.VISp-rdm', 'SimulatedMouse.VISl-rdm']  # to be swept again and again, whatever happens
PIXELS = Task('pixels64', 'features', QUICK[0])


@pytest.fixture(scope='module')
def scheduler():
    """Two workers that all the tests of this module share."""
    load_area('VISp')  # built before, or the first test would wait for it
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address='127.0.0.1:0') as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope='module')
def swept(scheduler, tmp_path_factory):
    """Folder of a sweep; not to be written to."""
    out = tmp_path_factory.mktemp('swept')
    sweep(MODELS, BENCHMARKS, out=out, scheduler=scheduler)
    return out


@pytest.fixture(scope='module')
def undisturbed(scheduler, tmp_path_factory):
    """Folder of a quick sweep that nothing has happened to; not to be written to."""
    out = tmp_path_factory.mktemp('undisturbed')
    sweep(MODELS, QUICK, out=out, scheduler=scheduler)
    return out


@pytest.fixture(scope='module')
def scored():
    """Model -> its score by the benchmark itself."""
    benchmark = load_benchmark(BENCHMARKS[0])
    return {model: benchmark(load_model(model)) for model in ('pixels64', 'alexnet64_untrained')}


def contents(out):
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob('*') if path.is_file()}


def written(out):
    return {path: path.stat().st_mtime_ns for path in out.glob('cells/*/*/*.parquet')}


def start(out, models=MODELS, benchmarks=QUICK, scheduler=None, n_workers=2, **environment):
    """A sweep in a process of its own, on a cluster of its own if none is given, whatever the number of cores."""
    code = (f'import dask.system; dask.system.CPU_COUNT = {n_workers}; from brainscore_plugin.sweep import sweep; '
            f'sweep({models}, {benchmarks}, out={str(out)!r}, scheduler={scheduler!r})')
    return subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env={**os.environ, **environment})


def finish(process):
    output = process.communicate(timeout=1800)[0]
    assert process.returncode == 0, output
    return output


def wait_for_results(out, n, process):
    while len(written(out)) < n:
        assert process.poll() is None, process.stdout.read()
        time.sleep(.05)


def workers(process):
    return [child for child in psutil.Process(process.pid).children(recursive=True)
            if any('spawn_main' in part for part in child.cmdline())]


class TestResults:
    def test_the_leaderboard_shows_the_scores_of_the_benchmark(self, swept, scored):
        table = pd.read_csv(swept / 'leaderboard.csv').set_index(['model', 'benchmark'])
        assert len(table) == 6
        for model, score in scored.items():
            row = table.loc[model, BENCHMARKS[0]]
            assert row.value == pytest.approx(score.item(), abs=1e-12)
            assert row.error == pytest.approx(score.attrs['error'], abs=1e-12)
            assert row.layer == score.attrs['layer']
            assert row.best_value == pytest.approx(score.attrs['layer_scores'].max().item(), abs=1e-12)
        assert list(table.loc['random_features'].note) == ['chance', 'chance']
        assert 'alexnet64_untrained' in (swept / 'leaderboard.md').read_text()
        assert (swept / 'heatmap.png').read_bytes().startswith(b'\x89PNG')

    def test_rows_are_an_animals_values_in_a_split_and_its_value_in_the_score(self, swept, scored):
        rows = load_results(swept)
        assert set(rows.benchmark) == set(BENCHMARKS)
        rows = rows[rows.benchmark == BENCHMARKS[0]]
        assert len(rows) == 7 * 3 * 10  # tasks x animals x splits
        rows = rows[(rows.model == 'alexnet64_untrained') & (rows.layer == 'conv1')]
        score = scored['alexnet64_untrained']
        animal = rows.animal.iloc[0]
        mine = score.raw.raw['animal'].values == animal
        of_animal = rows[rows.animal == animal]
        assert list(of_animal.split) == list(range(10))
        assert of_animal.value.to_numpy() == pytest.approx(score.attrs['corrected'].values[:, 0])
        assert of_animal.animal_value.to_numpy() == pytest.approx(np.full(10, score.attrs['animals'].values[0]))
        assert of_animal.raw.to_numpy() == pytest.approx(score.raw.raw.values[:, mine].mean(axis=1))
        ceiling = np.median(score.attrs['ceiling'].raw.values[:, mine].mean(axis=0))
        assert of_animal.ceiling.to_numpy() == pytest.approx(np.full(10, ceiling))
        assert set(of_animal.n_neurons) == {60}
        assert f'numpy {np.__version__}' in of_animal.versions.iloc[0]

    def test_all_layers_are_those_that_the_model_names(self, scheduler, tmp_path):
        sweep(['pixels64'], QUICK[:1], layers='all', out=tmp_path, scheduler=scheduler)
        assert set(load_results(tmp_path).layer) == {'features'}

    def test_a_layer_that_is_not_mapped_can_be_named(self, scheduler, tmp_path):
        table = sweep(['alexnet64_untrained'], QUICK[:1], layers=['pool1'], out=tmp_path, scheduler=scheduler)
        assert set(load_results(tmp_path).layer) == {'pool1'}
        assert table.best_layer.item() == 'pool1'
        assert np.isnan(table.value.item())  # the committed layer was not asked for

    def test_a_task_does_not_depend_on_the_others(self, swept, scheduler, tmp_path):
        sweep(['alexnet64_untrained'], BENCHMARKS[:1], layers=['conv3'], out=tmp_path, scheduler=scheduler)
        path = Task('alexnet64_untrained', 'conv3', BENCHMARKS[0]).result_path
        assert path(tmp_path).read_bytes() == path(swept).read_bytes()

class TestResuming:
    def test_finished_tasks_are_not_computed_again(self, undisturbed, scheduler):
        before = written(undisturbed)
        sweep(MODELS, QUICK, out=undisturbed, scheduler=scheduler)
        assert written(undisturbed) == before

    @pytest.mark.parametrize('spoil', ['outdated', 'cut short', 'lost'])
    def test_a_task_that_is_not_what_it_should_be_is_computed_again(self, undisturbed, scheduler, tmp_path, spoil,
                                                                   capsys):
        sweep(['pixels64'], QUICK, out=tmp_path, scheduler=scheduler)
        before, path = written(tmp_path), PIXELS.result_path(tmp_path)
        if spoil == 'outdated':
            summary, _ = read_summary(PIXELS, tmp_path)
            write_result(PIXELS, tmp_path, load_results(tmp_path).assign(value=0), summary, 'fingerprint of old code')
        elif spoil == 'cut short':
            path.write_bytes(path.read_bytes()[:2000])
        else:
            path.unlink()
        capsys.readouterr()
        sweep(['pixels64'], QUICK, out=tmp_path, scheduler=scheduler)
        assert path.read_bytes() == PIXELS.result_path(undisturbed).read_bytes()
        assert [other for other, at in written(tmp_path).items() if at != before[other]] == [path]
        assert ('Computing 1 finished tasks again' in capsys.readouterr().out) == (spoil == 'outdated')

class TestFailures:
    def test_what_fails_is_reported_and_the_rest_is_finished(self, undisturbed, scheduler, tmp_path, capsys):
        with pytest.raises(SweepFailed, match='4 of 5 tasks failed') as failed:
            sweep(['no_such_model', 'pixels64'], [QUICK[0], 'No.VISp-pls'], out=tmp_path,
                  scheduler=scheduler, layers=['features', 'conv9'])
        assert failed.value.failures.keys() == {
            Task('no_such_model', '*', QUICK[0]), Task('no_such_model', '*', 'No.VISp-pls'),
            Task('pixels64', '*', 'No.VISp-pls'), Task('pixels64', 'conv9', QUICK[0])}
        printed = ' '.join(capsys.readouterr().out.split())
        assert 'no_such_model' in printed
        assert "no layer 'conv9'" in (tmp_path / 'errors.txt').read_text()
        assert PIXELS.result_path(tmp_path).read_bytes() == PIXELS.result_path(undisturbed).read_bytes()
        assert (tmp_path / 'leaderboard.csv').exists()

    def test_nothing_to_score_is_a_clear_error(self, tmp_path):
        with pytest.raises(ValueError, match='0 models and 1 benchmarks were given'):
            sweep([], QUICK[:1], out=tmp_path)

    def test_a_scheduler_that_does_not_answer_is_a_clear_error(self, tmp_path):
        with socket.socket() as closed:
            closed.bind(('127.0.0.1', 0))
            port = closed.getsockname()[1]
        with (dask.config.set({'distributed.comm.timeouts.connect': '1s'}),
              pytest.raises(OSError, match=str(port))):
            sweep(['pixels64'], QUICK[:1], out=tmp_path, scheduler=f'tcp://127.0.0.1:{port}')


@pytest.mark.slow
@pytest.mark.timeout(1800)  # against hangs: each starts processes that import Brain-Score
class TestKilled:
    def test_a_sweep_killed_midway_goes_on_where_it_was(self, undisturbed, scheduler, tmp_path, capsys):
        process = start(tmp_path, n_workers=1)
        wait_for_results(tmp_path, 3, process)
        children = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert psutil.wait_procs(children, timeout=300)[1] == []  # no worker goes on without it
        before = written(tmp_path)
        assert 3 <= len(before) < 14
        sweep(MODELS, QUICK, out=tmp_path, scheduler=scheduler)
        assert f'{len(before)} of 14 tasks are finished already' in capsys.readouterr().out
        assert before.items() <= written(tmp_path).items()
        assert contents(tmp_path) == contents(undisturbed)

    def test_killed_workers_are_replaced(self, undisturbed, tmp_path):
        """All of them, again and again; below, one of two is killed."""
        process = start(tmp_path, n_workers=1)
        for n_results in (2, 5):
            wait_for_results(tmp_path, n_results, process)
            (worker,) = workers(process)
            worker.kill()
        finish(process)
        assert contents(tmp_path) == contents(undisturbed)

    def test_two_sweeps_in_one_folder_end_as_one(self, undisturbed, scheduler, tmp_path):
        for process in [start(tmp_path, scheduler=scheduler), start(tmp_path, scheduler=scheduler)]:
            finish(process)
        assert contents(tmp_path) == contents(undisturbed)

    def test_a_task_that_kills_its_workers_fails_alone(self, undisturbed, tmp_path):
        view, out = tmp_path / 'view', tmp_path / 'out'
        brainscore = links.make_view(view, links.installed_brainscore())
        links.link(brainscore)
        plugins = {
            'models/killer': """
                import os, signal
                import numpy as np
                from brainscore_vision import model_registry
                from brainscore_vision.models.mouse_baselines.model import _commit
                def preprocess(paths):
                    if 'simulated_scene' in str(paths[0]):  # not an image of noise that Brain-Score tries
                        os.kill(os.getpid(), signal.SIGKILL)
                    return np.zeros((len(paths), 3), np.float32)
                model_registry['killer'] = lambda: _commit('killer', preprocess)""",
            'benchmarks/constant': """
                from brainscore_core.metrics import Score
                from brainscore_vision import benchmark_registry
                benchmark_registry['Constant'] = lambda: lambda model: Score(0.5)"""}
        for name, source in plugins.items():
            (brainscore / name).mkdir()
            (brainscore / name / '__init__.py').write_text(source.replace('\n' + ' ' * 16, '\n'))
        process = start(out, ['killer', 'pixels64'], [QUICK[0], 'Constant'], PYTHONPATH=str(view))
        output = process.communicate(timeout=1800)[0]
        assert process.returncode == 1, output
        assert '1 of 4 tasks failed' in output, output
        assert 'worker died 4 times' in (out / 'errors.txt').read_text()
        rows = load_results(out).set_index(['model', 'benchmark'])
        assert rows.loc['killer', 'Constant'].value.item() == .5  # a benchmark that knows no layers: one task, one row
        assert rows.loc['killer', 'Constant'].layer.item() == 'committed'
        assert PIXELS.result_path(out).read_bytes() == PIXELS.result_path(undisturbed).read_bytes()
