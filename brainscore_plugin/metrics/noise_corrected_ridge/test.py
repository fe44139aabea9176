import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty

N_IMAGES, N_TRIALS, N_NEURONS, N_FEATURES = 60, 6, 8, 12


def assemblies(second_animal_sees=slice(None)):
    rng = np.random.default_rng(0)
    features = rng.standard_normal((N_IMAGES, N_FEATURES))
    responses = (features @ rng.standard_normal((N_FEATURES, N_NEURONS)))[:, None] + rng.standard_normal(
        (N_IMAGES, N_TRIALS, N_NEURONS))
    unseen = np.ones(N_IMAGES, bool)
    unseen[second_animal_sees] = False
    responses[unseen, :, N_NEURONS // 2:] = np.nan
    ids = np.array([f'image_{i:03d}' for i in range(N_IMAGES)])
    source = NeuroidAssembly(features, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'shown': ('presentation', np.arange(N_IMAGES)),
        'neuroid_id': ('neuroid', np.arange(N_FEATURES)), 'layer': ('neuroid', ['layer'] * N_FEATURES)})
    target = NeuroidAssembly(responses.reshape(-1, N_NEURONS), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(ids, N_TRIALS)),
        'repetition': ('presentation', np.tile(np.arange(N_TRIALS), N_IMAGES)),
        'neuroid_id': ('neuroid', np.arange(N_NEURONS)), 'animal': ('neuroid', np.repeat(['a', 'b'], N_NEURONS // 2))})
    return source, target


def test_linear_responses_are_explained():
    score = load_metric('noise_corrected_ridge', protocol='quick')(*assemblies())
    assert score.item() == pytest.approx(1, abs=.05)
    assert score.raw.item() < score.item()
    assert_valid_uncertainty(score)


def test_an_animal_that_saw_fewer_images_changes_nothing_for_the_other():
    metric = load_metric('noise_corrected_ridge', protocol='quick')
    whole, less = (metric(*assemblies(seen)).attrs['animals'].values for seen in (slice(None), slice(0, 40)))
    assert less[0] == pytest.approx(whole[0])
    assert less[1] == pytest.approx(1, abs=.1)
    assert less[1] != whole[1]
