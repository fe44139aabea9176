"""What other animals' neurons get, in words."""
from types import SimpleNamespace

import pytest

from napari_viewer.core import other_animals as module
from napari_viewer.core.other_animals import other_animals
from napari_viewer.core.recording import open_recording


class FakeRecording:
    """As much of a recording as is asked; counts how often its benchmark is."""
    trials = {'a': None, 'b': None, 'c': None}

    def __init__(self, n_neurons=180):
        self.identifier, self.asked, self._n_neurons = f'Fake{n_neurons}.VISp-pls', 0, n_neurons

    def __len__(self):
        return self._n_neurons

    @property
    def benchmark(self):
        self.asked += 1
        return SimpleNamespace(compares_animals=True, inter_animal_consistency=Score(.177))


class Score(float):
    attrs = {'n_animals': 3}


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(module, '_said', {})


def test_a_recording_is_asked_once():
    recording = FakeRecording()
    assert [other_animals(recording) for _ in range(2)] == ["other animals' neurons get 0.18 (2 of 3 pooled)"] * 2
    assert other_animals(FakeRecording()) == other_animals(recording)  # opened again
    assert recording.asked == 1


def test_a_large_recording_is_left_to_the_command():
    assert other_animals(FakeRecording(39_317)).startswith("'brainscore-mouse ceiling Fake39317.VISp-pls' tells")


@pytest.mark.parametrize('identifier', ['TwinMouse.VISp-pls', 'Antolik2016.VISp-pls'])
def test_groups_of_one_mouse_and_fields_of_other_images_are_not_compared(identifier):
    assert other_animals(open_recording(identifier)) == ''
