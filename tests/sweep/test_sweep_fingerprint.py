"""Digests change with whatever a result follows from."""
import numpy as np
import pytest
from brainscore_vision import load_model
from brainscore_vision.benchmarks.simulated_mouse.benchmark import load_area

from brainscore_plugin.sweep import fingerprint


@pytest.fixture
def brainscore(tmp_path, monkeypatch):
    """Five plugins of which the benchmark uses three: by import, by name, and through the first."""
    code = {'benchmarks/mine': "from ..shared.code import x\nbenchmark_registry['mine'] = load_metric('known')",
            'benchmarks/shared': "load_dataset('data')", 'metrics/metric': "metric_registry['known'] = 1",
            'data/recordings': "data_registry['data'] = 1", 'models/model': "model_registry['model'] = 1"}
    for folder, source in code.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / '__init__.py').write_text(source)
    monkeypatch.setattr(fingerprint, 'installed_brainscore', lambda: tmp_path)

    def digest():
        for cached in (fingerprint.code_digest, fingerprint._registered, fingerprint._folder_digest):
            cached.cache_clear()
        return fingerprint.code_digest('benchmarks', 'mine')
    yield tmp_path, digest
    digest()  # forget this folder
    for cached in (fingerprint.code_digest, fingerprint._registered, fingerprint._folder_digest):
        cached.cache_clear()


@pytest.mark.parametrize(('file', 'changes'), [
    ('benchmarks/mine/weights.json', True), ('benchmarks/shared/code.py', True), ('metrics/metric/m.py', True),
    ('data/recordings/files.py', True), ('models/model/net.py', False), ('benchmarks/mine/test.py', False),
    ('metrics/metric/README.md', False), ('benchmarks/mine/__pycache__/a.pyc', False)])
def test_of_code_changes_with_every_plugin_that_is_used(brainscore, file, changes):
    folder, digest = brainscore
    before = digest()
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text('1')
    assert (digest() != before) == changes


def test_of_weights_changes_with_any_of_them():
    import torch
    model = load_model('alexnet64_untrained')
    before = fingerprint.weights_digest(model)
    assert fingerprint.weights_digest(load_model('alexnet64_untrained')) == before
    with torch.no_grad():
        model.activations_model._model.conv5[0].bias[7] += 1e-6
    assert fingerprint.weights_digest(model) != before


def test_of_recordings_changes_with_responses_owners_and_images(tmp_path):
    recordings = load_area('VISp')
    before = fingerprint.recordings_digest(recordings)
    assert fingerprint.recordings_digest(load_area('VISp')) == before
    stimulus_set = recordings.attrs['stimulus_set']

    responses = recordings.copy(data=recordings.values.copy())
    responses.attrs['stimulus_set'] = stimulus_set
    responses.values[11, 12] += 1
    owners = recordings.isel(neuroid=np.r_[60:120, 0:60, 120:180])
    owners.values[:] = recordings.values
    owners.attrs['stimulus_set'] = stimulus_set
    images = load_area('VISp')
    (tmp_path / 'other.png').write_bytes(b'other')
    images.attrs['stimulus_set'].stimulus_paths['simulated_scene_117'] = tmp_path / 'other.png'
    found = {fingerprint.recordings_digest(changed) for changed in (recordings, responses, owners, images)}
    assert len(found) == 4
