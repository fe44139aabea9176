"""What is submitted works where it goes: in a Brain-Score that knows nothing of this project.

The verifier writes a zip and a pull request; they and other zips are unpacked into a copy of Brain-Score whose process
cannot import this project, and its own command line scores the models to the numbers that they have here.
"""
import os
import re
import subprocess
import sys
import sysconfig
import zipfile

import pytest
import torch
from brainscore_vision import load_benchmark
from safetensors.torch import save_file
from submit.proven import PROVEN
from typer.testing import CliRunner

from brainscore_plugin import link as links
from brainscore_plugin.command_line import app
from brainscore_plugin.register import register
from brainscore_plugin.submit import endpoint, model_zip, pull_request
from brainscore_plugin.submit.fresh_copy import FreshCopy
from brainscore_plugin.submit.model_zip import write_model_zip
from brainscore_plugin.submit.plugin_module import plugin_module
from brainscore_plugin.submit.trees import BENCHMARKS, DATA, MODELS, TREES
from training.backbone import SHAPES

# the verifier runs tests of Brain-Score's, in processes of their own
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
BENCHMARK = 'SimulatedMouse.VISp-rdm'  # the quickest


@pytest.fixture(scope='module', autouse=True)
def patched(tmp_path_factory):
    """A home for registered models, and the quickest benchmark for the verifier."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path_factory.mktemp('home')))
        patch.setattr(model_zip, 'BENCHMARK', BENCHMARK)
        patch.setattr(pull_request, 'SCORED', ('pixels64', BENCHMARK))
        yield patch


@pytest.fixture(scope='module')
def request_folder(patched, tmp_path_factory):
    """The pull requests by the command, of the plugins that the simulated benchmarks and one of models need."""
    own = [plugin for plugin in pull_request.own_plugins()
           if plugin.name in PROVEN or (plugin.type, plugin.name) == ('data', 'TwinMouse')]  # twin_oracle's
    out = tmp_path_factory.mktemp('request') / 'request'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pull_request, 'own_plugins', lambda: own)
        result = CliRunner().invoke(app, ['submit', 'pull-request', '--out', str(out)])
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope='module')
def fresh(request_folder, tmp_path_factory):
    """A copy of Brain-Score with the data, metrics and benchmarks of the pull request, but not its models."""
    copy = FreshCopy(tmp_path_factory.mktemp('fresh') / 'copy', links.installed_brainscore())
    for tree in (DATA, BENCHMARKS):
        copy.add(request_folder / tree.name / 'brainscore_vision')
    for block in copy.folder.glob('*.py'):
        block.unlink()  # Python is kept from this project by -S below
    return copy.folder


@pytest.fixture(scope='module')
def registered(patched, tmp_path_factory):
    weights = tmp_path_factory.mktemp('weights') / 'leaves.safetensors'
    generator = torch.Generator().manual_seed(0)
    save_file({name: torch.randn(shape, generator=generator).div(30).half() for name, shape in SHAPES.items()}, weights)
    brainscore = weights.parent / 'brainscore_vision'
    for type_ in links.PLUGIN_TYPES:
        (brainscore / type_).mkdir(parents=True)
    return register('leaves', weights, brainscore)


def unpack(archive, fresh):
    with zipfile.ZipFile(archive) as zipped:
        (root,) = {name.split('/')[0] for name in zipped.namelist()}
        zipped.extractall(fresh / 'unpacked')
    (model,) = (fresh / 'unpacked' / root / 'models').iterdir()
    model.rename(fresh / 'brainscore_vision' / 'models' / model.name)


def run_alone(fresh, *arguments):
    """Python with the copy and installed packages on its path but without .pth files, one of which is this project."""
    paths = dict.fromkeys([str(fresh), sysconfig.get_path('purelib'), sysconfig.get_path('platlib')])
    return subprocess.run(
        [sys.executable, '-S', *arguments], cwd=fresh, capture_output=True, text=True,
        env={**os.environ, 'PYTHONPATH': os.pathsep.join(paths), 'BRAINSCORE_HOME': str(fresh / 'brain-score'),
             'RESULTCACHING_HOME': str(fresh / 'result-caching')})


# what `python -m brainscore_vision` does, one model after the other, but numbers are printed with all of their digits
COMMAND_LINE = """import runpy
import sys
import numpy
numpy.set_printoptions(precision=17)
_, benchmark, *models = sys.argv
for model in models:
    sys.argv = ['', 'score', f'--model_identifier={model}', f'--benchmark_identifier={benchmark}']
    runpy.run_module('brainscore_vision', run_name='__main__', alter_sys=True)
"""


def scores_alone(fresh, models):
    run = run_alone(fresh, '-c', COMMAND_LINE, BENCHMARK, *models)
    assert run.returncode == 0, run.stderr[-3000:]
    values = re.findall(r'^array\((.*)\)$', run.stdout, re.MULTILINE)
    return dict(zip(models, map(float, values), strict=True))


def score_here(folder, model):
    """Of the plugin as it lies in this project, or in the home of registered models."""
    return float(load_benchmark(BENCHMARK)(plugin_module(folder / 'model.py').alexnet64(model)))


def test_this_project_is_out_of_reach(fresh):
    run = run_alone(fresh, '-c', 'import importlib.util as u; print(u.find_spec("brainscore_vision").origin, '
                    '[u.find_spec(name) for name in ("brainscore_plugin", "training", "study", "napari_viewer")])')
    assert run.stdout.split(maxsplit=1) == [str(fresh / 'brainscore_vision' / '__init__.py'),
                                            '[None, None, None, None]\n'], run.stderr


ALEXNETS = links.PLUGIN_ROOT / 'models' / 'alexnet64'
EMBEDDED, REGISTERED, FETCHED = ALONE = 'alexnet64_simclr_sketch', 'leaves', 'alexnet64_simclr_real'


@pytest.fixture(scope='module')
def verified(served, tmp_path_factory):
    """A zip that fetches its weights, by the command, with every check; and what the command printed."""
    folder, address = served
    (folder / 'real').write_bytes((ALEXNETS / 'weights' / f'{FETCHED}.safetensors').read_bytes())
    archive = tmp_path_factory.mktemp('verified') / 'real.zip'
    result = CliRunner().invoke(app, ['submit', 'model', FETCHED, '--weights', f'{address}/real', '--out',
                                      str(archive)])
    assert result.exit_code == 0, result.output
    return archive, result.output


@pytest.fixture(scope='module')
def alone(fresh, registered, verified, tmp_path_factory):
    """Model -> the score that it has where its zip was unpacked: with its weights, registered, or fetching them."""
    archives = {model: tmp_path_factory.mktemp('zips') / f'{model}.zip' for model in (EMBEDDED, REGISTERED)}
    for model, archive in archives.items():
        write_model_zip(model, archive)
    for archive in (*archives.values(), verified[0]):
        unpack(archive, fresh)
    return scores_alone(fresh, ALONE)


@pytest.mark.parametrize('model', ALONE)
def test_an_unpacked_zip_has_the_score_that_its_model_has_here(model, alone, registered):
    here = score_here(registered if model == REGISTERED else ALEXNETS, model)
    assert alone[model] == pytest.approx(here, abs=1e-12)


def test_a_verified_zip_is_small_and_its_score_is_shown(verified):
    archive, output = verified
    assert archive.stat().st_size < 50_000
    lines = output.splitlines()
    here = score_here(ALEXNETS, FETCHED)
    assert any(line.startswith('✓ submission endpoint') and f'one row: score {here:.6f}' in line for line in lines)
    assert not any(line.startswith('✗') for line in lines)


def test_fetched_weights_are_kept_and_others_refused(fresh, alone, served):
    (fetched,) = (fresh / 'brain-score').rglob(f'{FETCHED}/*')
    assert fetched.read_bytes() == (ALEXNETS / 'weights' / f'{FETCHED}.safetensors').read_bytes()
    (served[0] / 'real').write_bytes(b'other weights')
    fetched.unlink()
    run = run_alone(fresh, '-c', f"from brainscore_vision import load_model; load_model('{FETCHED}')")
    assert run.returncode == 1
    assert 'invalid hash value' in run.stderr
    assert not fetched.exists()


def test_pull_requests_are_trees_and_texts_in_the_order_of_merging(request_folder):
    assert {path.name for path in request_folder.iterdir()} == {
        '1-data', '2-models', '3-benchmarks', 'UPLOAD.md', 'versions.json'}
    models = request_folder / '2-models' / 'brainscore_vision' / 'models' / 'mouse_baselines'
    assert {path.name for path in models.iterdir()} == {
        '__init__.py', 'model.py', 'test.py', 'requirements.txt', 'metadata.yaml', 'region_layer_map'}
    for tree in TREES:
        assert {path.name for path in (request_folder / tree.name).iterdir()} == {
            'brainscore_vision', 'PULL_REQUEST.md'}


@pytest.mark.parametrize(('tree', 'needed'), [
    (DATA, ['simulated in place', 'Willeke2022', 'It needs no other pull request. `feat(models):',
            '✓ files of 1-data', '✓ test.py of data/simulated_mouse']),
    (MODELS, [f'Merge it after `{DATA.title}`', '✓ generic model tests, mouse_baselines',
              '✓ metadata of models/mouse_baselines']),
    (BENCHMARKS, [f'Merge it after `{DATA.title}` and `{MODELS.title}`.', 'species: mouse',
                  '✓ submission endpoint, pixels64', '✓ test.py of metrics/mouse_rdm', '✓ cache contract'])])
def test_a_text_says_what_is_in_its_tree_and_how_it_was_checked(tree, needed, request_folder):
    text = (request_folder / tree.name / 'PULL_REQUEST.md').read_text()
    assert text.startswith(f'# {tree.title}\n')
    for words in needed:
        assert words in text
    assert '✗' not in text
    assert str(request_folder) not in text
    lines = [line for line in text.splitlines() if line.startswith('✓ test.py of ')]
    assert {line.split()[3].split('/')[0] for line in lines} == set(tree.types)


def test_a_row_without_a_score_is_a_failure(fresh, monkeypatch):
    class Unscored:
        folder = fresh

        def python(self, *_, **__):
            return subprocess.CompletedProcess([], 0, '', 'ERROR Could not run model x on benchmark y because of z')
    check = endpoint.endpoint_check(Unscored(), 'x', BENCHMARK)
    with pytest.raises(endpoint.Failed, match='expected one row with a score; .*because of z'):
        check.run()
