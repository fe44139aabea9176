import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty

N_IMAGES, N_TRIALS, N_NEURONS = 40, 6, 20


def assemblies():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((N_IMAGES, N_NEURONS))
    responses = features[:, None] + rng.standard_normal((N_IMAGES, N_TRIALS, N_NEURONS))
    ids = np.array([f'image_{i:02d}' for i in range(N_IMAGES)])
    source = NeuroidAssembly(features, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'shown': ('presentation', np.arange(N_IMAGES)),
        'neuroid_id': ('neuroid', np.arange(N_NEURONS)), 'layer': ('neuroid', ['layer'] * N_NEURONS)})
    target = NeuroidAssembly(responses.reshape(-1, N_NEURONS), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(ids, N_TRIALS)),
        'repetition': ('presentation', np.tile(np.arange(N_TRIALS), N_IMAGES)),
        'neuroid_id': ('neuroid', np.arange(N_NEURONS)), 'animal': ('neuroid', ['mouse'] * N_NEURONS)})
    return source, target


@pytest.mark.parametrize('comparison', ['pearson', 'spearman'])
def test_the_responses_without_their_noise_are_explained(comparison):
    score = load_metric('mouse_rdm', comparison=comparison)(*assemblies())
    assert score.item() == pytest.approx(1, abs=.05)
    assert score.raw.item() < score.item()
    assert_valid_uncertainty(score)


def test_reliability():
    assert load_metric('mouse_rdm_reliability')(assemblies()[1]).item() == pytest.approx(.74, abs=.05)


@pytest.mark.parametrize('comparison', ['pearson', 'spearman'])
def test_published_matrices_without_noise_are_explained(comparison):
    source, _ = assemblies()
    ids = source['stimulus_id'].values
    target = NeuroidAssembly(np.corrcoef(source.values), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'shown': ('presentation', np.arange(N_IMAGES)),
        'compared_with': ('neuroid', ids), 'site': ('neuroid', ['VISp_layer4'] * N_IMAGES),
        'reliability': ('neuroid', [1.] * N_IMAGES)})
    assert load_metric('mouse_rdm_sites', comparison=comparison)(source, target).item() == pytest.approx(1)
    assert load_metric('mouse_rdm_sites_reliability')(target).item() == 1
