"""What of a sweep reaches the study; the sweep itself is tested elsewhere."""
import numpy as np
import pandas as pd
import pytest
from brainscore_core.metrics import Score

from brainscore_plugin.sweep import SweepFailed
from brainscore_plugin.sweep.results import write_result
from brainscore_plugin.sweep.rows import score_rows
from brainscore_plugin.sweep.tasks import Task
from study import scores as study_scores
from study.models import StudyModel, choose_models, trained_model
from study.recordings import RECORDINGS
from study.scores import score_models, score_recordings


@pytest.fixture
def swept(tmp_path, monkeypatch):
    simulated = RECORDINGS['simulated']

    def sweep(models, benchmarks, out):
        failures = {}
        for model in models:
            for benchmark in benchmarks:
                if model == 'broken' or benchmark in sweep.unavailable:
                    failures[Task(model, '*', benchmark)] = FileNotFoundError('no such file')
                    continue
                rows = pd.DataFrame({'animal': [sweep.animal], 'split': [sweep.animal and 0], 'value': [.4],
                                     'animal_value': [.4],
                                     'raw': [.4], 'ceiling': [1.], 'n_neurons': [5], 'n_nan': [0], 'seed': [0],
                                     'protocol': ['quick'], 'versions': ['']})
                write_result(Task(model, 'conv1', benchmark), out, rows, {
                    'value': .5, 'error': .1, 'region': 'VISp', 'committed': True, 'n_neurons': 5, 'n_nan': 0}, 'f')
        if failures:
            raise SweepFailed(failures, 9, out)

    sweep.unavailable, sweep.animal = [], 'm'
    monkeypatch.setattr('study.scores.sweep', sweep)
    return sweep, simulated, tmp_path


def test_values_are_those_of_the_benchmark_and_results_know_their_domain(swept):
    _, recording, out = swept
    models = [trained_model('mine', 'real'), StudyModel('alexnet64_untrained', 'untrained', 'untrained')]
    results, scores, missing = score_models(models, recording, out)
    assert missing == []
    assert set(scores.value) == {.5}
    assert set(zip(scores.recording, scores.area, scores.metric)) == {
        ('SimulatedMouse', area, metric) for area in ('VISp', 'VISl') for metric in ('pls', 'pls_pooled', 'rdm')}
    assert set(results.domain[results.model == 'mine']) == {'real'}
    assert results.domain[results.model == 'alexnet64_untrained'].isna().all()


def test_a_model_that_fails_is_named_once(swept):
    _, recording, out = swept
    _, scores, missing = score_models([StudyModel('mine', 'real', 'trained'), StudyModel('broken', 'x', 'trained')],
                                      recording, out)
    assert set(scores.model) == {'mine'}
    assert len(missing) == 1
    assert 'model broken: FileNotFoundError: no such file' in missing[0]


def test_missing_recordings_are_one_sentence(swept):
    sweep, recording, out = swept
    sweep.unavailable = recording.benchmarks
    results, _, missing = score_models([StudyModel('mine', 'real', 'trained')], recording, out)
    assert len(results) == 0
    assert missing == ["The recordings 'simulated' are missing, and all that depends on them. "
                       'FileNotFoundError: no such file']


def test_results_of_an_earlier_run_with_other_models_are_left_out(swept):
    _, recording, out = swept
    score_models([StudyModel('other', 'real', 'trained')], recording, out)
    results, _, _ = score_models([StudyModel('mine', 'real', 'trained')], recording, out)
    assert set(results.model) == {'mine'}


@pytest.mark.parametrize(('recording', 'oracles'), [
    ('simulated', {'gabor_oracle'}), ('twin', {'twin_oracle'}), ('antolik2016', set()), ('allen-rsm', set())])
def test_an_oracle_is_asked_of_its_own_recording_only(swept, recording, oracles):
    _, _, out = swept
    models = choose_models(['gabor_oracle', 'twin_oracle', 'pixels64'])
    results, scores, missing = score_models(models, RECORDINGS[recording], out)
    assert set(results.model) == set(scores.model) == {'pixels64', *oracles}
    assert missing == []


def test_a_recording_whose_sweep_cannot_run_stops_no_other(swept, monkeypatch):
    sweep, recording, out = swept

    def fails_once(models, benchmarks, out):
        if 'Willeke2022' in benchmarks[0]:
            raise OSError('the disk is full')
        sweep(models, benchmarks, out)

    monkeypatch.setattr(study_scores, 'sweep', fails_once)
    found = score_recordings([StudyModel('mine', 'real', 'trained')], [RECORDINGS['sensorium2022'], recording], out)
    assert set(found.scores.recording) == {'SimulatedMouse'}
    assert found.missing == ["The recordings 'sensorium2022' could not be scored: the disk is full"]


def with_raw(values, raw, dims, coords):
    score = Score(np.mean(values))
    inner = Score(np.mean(raw))
    inner.attrs['raw'] = Score(raw, dims=dims, coords=coords)
    score.attrs.update(raw=inner, animals=Score(values, dims=('animal',), coords={'animal': ('animal', ['a', 'b'])}))
    return score


@pytest.mark.parametrize(('raw', 'dims', 'owners'), [([.2, .4], ('animal',), ['a', 'b']),
                                                     ([.1, .3, .4], ('neuroid',), ['a', 'a', 'b'])])
def test_a_score_without_splits_has_a_row_for_each_animal(raw, dims, owners):
    coords = {'animal': (dims[0], owners), **({'neuroid_id': (dims[0], [0, 1, 2])} if len(raw) == 3 else {})}
    rows = score_rows(with_raw([.5, .7], raw, dims, coords), None)
    assert list(rows.animal) == ['a', 'b']
    assert list(rows.value) == [.5, .7]
    assert list(rows.raw) == pytest.approx([.2, .4])


def test_a_value_of_no_animal_counts_for_one(swept):
    sweep, recording, out = swept
    sweep.animal = None
    results, _, _ = score_models([trained_model('mine', 'real')], recording, out)
    assert set(results.animal) == {'all'}
    assert set(results.split) == {0}
