"""Networks that cannot be shown the images are named, also where the tables were finished before."""
import numpy as np
import pandas as pd
import pytest

from study.analyses import network_activations
from study.finished_tables import FinishedTables
from study.models import StudyModel
from study.study_data import StudyData

MODELS = [StudyModel(f'seed{i}', f'untrained, seed {i}', 'untrained') for i in range(3)]


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(network_activations, 'shown_images', lambda *_: {'Mouse': 'images'})
    monkeypatch.setattr(network_activations, 'stimuli_digest', str)
    monkeypatch.setattr(network_activations, 'weights_digest', str)
    return StudyData(MODELS, [], {}, dict.fromkeys(MODELS, 'network'), pd.DataFrame(), pd.DataFrame(),
                     FinishedTables(tmp_path), 0)


def recording(monkeypatch, *failing):
    """Replace the recording of activations; a list of the times it was asked."""
    asked = []

    def record(networks, images):
        asked.append(images)
        rng = np.random.default_rng(0)
        return ({model.label: {'conv1': rng.standard_normal((10, 4))} for model in networks
                 if model.identifier not in failing}, dict.fromkeys(failing, 'out of memory'))

    monkeypatch.setattr(network_activations, 'record_activations', record)
    return asked


def test_a_network_that_fails_is_left_out_and_named_again_when_nothing_is_recorded_again(study, monkeypatch):
    asked = recording(monkeypatch, 'seed1')
    for _ in range(2):
        findings = network_activations.tabulate(study)
        assert findings.missing == ["'seed1' is left out of the activations: out of memory"]
        assert [table.name for table in findings.tables] == ['norms', 'distances', 'decoding']
        assert set(findings.tables[0].frame.model) == {'untrained, seed 0', 'untrained, seed 2'}
    assert len(asked) == 1


def test_too_few_networks_are_an_error_with_the_reasons(study, monkeypatch):
    recording(monkeypatch, 'seed1', 'seed2')
    with pytest.raises(LookupError, match=r'1 network\(s\).*takes two; seed1: out of memory; seed2: out of memory'):
        network_activations.tabulate(study)


def test_several_recordings_have_tables_of_their_own(study, monkeypatch):
    recording(monkeypatch)
    monkeypatch.setattr(network_activations, 'shown_images', lambda *_: {'Mouse': 'images', 'Other': 'others'})
    names = [table.name for table in network_activations.tabulate(study).tables]
    assert names == ['norms_Mouse', 'distances_Mouse', 'decoding_Mouse', 'norms_Other', 'distances_Other',
                     'decoding_Other']
