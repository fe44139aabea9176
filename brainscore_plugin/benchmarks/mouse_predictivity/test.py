import pytest
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_dataset
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity


def score_of_nothing(source, target):
    score = Score(0.)
    score.attrs['error'] = 0.
    return score


def test_empty_recordings_are_a_clear_error():
    assembly = load_dataset('SimulatedMouse').isel(time_bin=0, neuroid=slice(0))
    benchmark = MousePredictivity('Empty.VISp-pls', 'VISp', 1, lambda: assembly, score_of_nothing, (0, 250), '')
    with pytest.raises(ValueError, match='no neurons'):
        benchmark.recordings  # noqa: B018


def test_images_are_shown_without_a_name_under_which_activations_would_be_stored(monkeypatch):
    monkeypatch.delenv('BRAINSCORE_CACHE_PLUGIN_REVISION', raising=False)
    assembly = load_dataset('SimulatedMouse').isel(time_bin=0)
    benchmark = MousePredictivity('Any.VISp-pls', 'VISp', 1, lambda: assembly, score_of_nothing, (0, 250), '')
    shown = []

    class Candidate:
        def start_recording(self, region, time_bins):
            assert (region, time_bins) == ('VISp', [(0, 250)])

        def look_at(self, stimuli, number_of_trials):
            shown.append(stimuli)
            return assembly

    benchmark(Candidate())
    assert isinstance(shown[0], StimulusSet)
    assert shown[0].identifier is None
    assert assembly.attrs['stimulus_set'].identifier == 'SimulatedMouse'
