import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty

N_IMAGES, N_TRIALS, N_NEURONS, N_FEATURES = 118, 10, 8, 30


def assemblies(order=slice(None)):
    rng = np.random.default_rng(0)
    features = rng.standard_normal((N_IMAGES, N_FEATURES))
    responses = (features @ rng.standard_normal((N_FEATURES, N_NEURONS)))[:, None] + rng.standard_normal(
        (N_IMAGES, N_TRIALS, N_NEURONS))
    ids = np.array([f'image_{i:03d}' for i in range(N_IMAGES)])
    source = NeuroidAssembly(features[order], dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids[order]), 'shown': ('presentation', np.arange(N_IMAGES)),
        'neuroid_id': ('neuroid', np.arange(N_FEATURES)), 'layer': ('neuroid', ['layer'] * N_FEATURES)})
    target = NeuroidAssembly(responses.reshape(-1, N_NEURONS), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(ids, N_TRIALS)),
        'repetition': ('presentation', np.tile(np.arange(N_TRIALS), N_IMAGES)),
        'neuroid_id': ('neuroid', np.arange(N_NEURONS)), 'animal': ('neuroid', ['a', 'b'] * (N_NEURONS // 2))})
    return source, target


def test_linear_responses_are_explained():
    score = load_metric('noise_corrected_pls', protocol='quick')(*assemblies())
    assert score.item() == pytest.approx(1, abs=.05)
    assert score.raw.item() < score.item()
    assert score.attrs['n_nan'] == 0
    assert_valid_uncertainty(score)


def test_pooled():
    score = load_metric('noise_corrected_pls_pooled', protocol='quick')(*assemblies())
    assert score.item() == pytest.approx(1, abs=.1)
    assert score.attrs['animals'].sizes == {'animal': 2}
    assert_valid_uncertainty(score)


def test_images_are_matched_by_their_ids():
    metric = load_metric('noise_corrected_pls', protocol='quick')
    shuffled = np.random.default_rng(1).permutation(N_IMAGES)
    assert metric(*assemblies(shuffled)).item() == pytest.approx(metric(*assemblies()).item(), abs=1e-12)


def test_two_trials_of_one_number_are_named():
    source, target = assemblies()
    twice = target.isel(presentation=[0, *range(target.sizes['presentation'])])
    with pytest.raises(ValueError, match='2 trials of .image_000. have the number 0'):
        load_metric('noise_corrected_pls')(source, twice)


def test_a_missing_image_is_named():
    source, target = assemblies()
    with pytest.raises(ValueError, match="first 'image_117'"):
        load_metric('noise_corrected_pls')(source.isel(presentation=slice(N_IMAGES - 1)), target)
