"""What other animals' neurons predict, where it is known what animals share."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.metrics.inter_animal_consistency.consistency import consistency
from brainscore_vision.metrics.inter_animal_consistency.metric import InterAnimalConsistency
from brainscore_vision.metrics.noise_corrected_pls.predictivity import predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol
from brainscore_vision.metrics.noise_corrected_ridge.protocol import RidgeProtocol

QUICK = Protocol(image_splits=3, trial_halves=2, n_components=4)


def recordings(shared, n_animals=3, n_images=60, n_neurons=15, n_trials=8, noise=0., seed=0):
    """Neurons that are linear in 4 things that all animals see, or in 4 of each animal's own."""
    rng = np.random.default_rng(seed)
    common, animals = rng.standard_normal((n_images, 4)), np.repeat(np.arange(n_animals), n_neurons)
    rates = np.concatenate([(common if shared else rng.standard_normal((n_images, 4)))
                            @ rng.standard_normal((4, n_neurons)) for _ in range(n_animals)], axis=1)
    return rates, rates[:, None] + noise * rng.standard_normal((n_images, n_trials, rates.shape[1])), animals


def test_animals_that_see_the_same_predict_each_other_completely():
    _, responses, animals = recordings(shared=True)
    assert consistency(responses, animals, QUICK, False).of_animals(animals) == pytest.approx(1, abs=1e-6)


def test_animals_that_see_nothing_alike_predict_nothing():
    found = [consistency(*recordings(False, noise=1., seed=seed)[1:], QUICK, True).of_animals(np.repeat([0, 1, 2], 15))
             for seed in range(6)]
    assert abs(np.mean(found)) < 3 * np.std(found, ddof=1) / np.sqrt(6)


@pytest.mark.parametrize('z_scored', [False, True])
def test_the_noise_of_source_and_target_is_corrected_for(z_scored):
    _, responses, animals = recordings(True, noise=4., n_images=118, n_neurons=30)
    found = consistency(responses, animals, QUICK, z_scored)
    assert found.of_animals(animals) == pytest.approx(1, abs=.1)
    assert found.raw.mean() < .8


def test_noise_free_sources_are_a_models_features():
    rates, responses, animals = recordings(True, noise=0.)
    mine = animals == 0
    alone = predictivity(rates[:, ~mine], responses[:, :, mine], animals[mine], QUICK)
    assert consistency(responses, animals, QUICK, False).raw[:, mine] == pytest.approx(alone.raw)


def test_the_scale_of_source_neurons_counts_unless_they_are_z_scored():
    _, responses, animals = recordings(True, noise=2.)
    scaled = responses * np.random.default_rng(1).lognormal(0, 2, len(animals))
    protocol = RidgeProtocol(2, 1)  # a ridge regression, so that the scale of the targets is of no account
    same, other = (consistency(values, animals, protocol, True).raw for values in (responses, scaled))
    assert other == pytest.approx(same, abs=1e-6)
    assert not np.allclose(consistency(scaled, animals, protocol, False).raw, same, atol=1e-3)


def test_a_neuron_without_a_trial_harms_no_other():
    _, responses, animals = recordings(True, noise=.5)
    responses[3, :, 2] = np.nan
    found = consistency(responses, animals, QUICK, True)
    assert np.isnan(found.raw[:, 2]).all()
    assert np.isfinite(np.delete(found.raw, 2, axis=1)).all()


def test_a_single_animal_has_no_other():
    _, responses, animals = recordings(True, n_animals=1)
    with pytest.raises(ValueError, match='needs 2 animals that saw the same 10 images'):
        consistency(responses, animals, QUICK, True)


def test_the_score_says_how_many_animals_there_were():
    _, responses, animals = recordings(True, noise=1.)
    ids = np.array([f'{i:02d}' for i in range(60)])
    score = InterAnimalConsistency(QUICK)(NeuroidAssembly(
        responses.reshape(-1, 45), dims=['presentation', 'neuroid'], coords={
            'stimulus_id': ('presentation', np.repeat(ids, 8)), 'repetition': ('presentation', np.tile(range(8), 60)),
            'neuroid_id': ('neuroid', range(45)), 'animal': ('neuroid', animals.astype(str))}))
    assert score.attrs['n_animals'] == 3
    assert score.attrs['raw_sources'] == pytest.approx(float(score), abs=.1)
    assert_valid_uncertainty(score)
