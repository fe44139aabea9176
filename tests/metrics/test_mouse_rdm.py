"""Representational similarity, animal by animal and corrected for noise, against Brain-Score's and known answers."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_benchmark, load_metric, load_model
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.data.simulated_mouse.recording import simulated_population, simulated_scenes
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities, half_dissimilarities, similarity
from hypothesis import given, settings
from hypothesis import strategies as st


def population(n_images=40, n_trials=10, n_neurons=30, noise=1., seed=0):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n_images, 20))
    rates = features @ rng.standard_normal((20, n_neurons))
    return features, rates, rates[:, None] + noise * np.sqrt(20) * rng.standard_normal((n_images, n_trials, n_neurons))


def assemblies(features, responses, animals):
    n_images, n_trials, n_neurons = responses.shape
    ids = np.array([f'image_{i:02d}' for i in range(n_images)])
    source = NeuroidAssembly(features, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'shown': ('presentation', np.arange(n_images)),
        'neuroid_id': ('neuroid', np.arange(features.shape[1])), 'layer': ('neuroid', ['a'] * features.shape[1])})
    target = NeuroidAssembly(responses.reshape(-1, n_neurons), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(ids, n_trials)),
        'repetition': ('presentation', np.tile(np.arange(n_trials), n_images)),
        'neuroid_id': ('neuroid', np.arange(n_neurons)), 'animal': ('neuroid', animals)})
    return source, target


def compare(features, responses, comparison='pearson', weights=None):
    return similarity(dissimilarities(features), half_dissimilarities(responses, 10, 0), comparison, weights)


def test_without_noise_and_with_one_animal_it_is_brainscores_rdm():
    features, rates, _ = population()
    source, target = assemblies(features, np.repeat(rates[:, None], 2, axis=1), ['a'] * 30)
    averages = target.isel(presentation=target['repetition'].values == 0)
    theirs = load_metric('rdm')(source, averages)
    assert float(load_metric('mouse_rdm', comparison='spearman')(source, target)) == pytest.approx(float(theirs))


@pytest.mark.parametrize('comparison', ['pearson', 'spearman'])
def test_noise_takes_nothing_from_the_corrected_value(comparison):
    corrected, raw, truth = [], [], []
    for seed in range(20):
        features, rates, responses = population(noise=2., seed=seed)
        found = compare(features, responses, comparison)
        corrected.append(found.corrected()[0])
        raw.append(found.raw[0])
        truth.append(compare(features, np.repeat(rates[:, None], 2, axis=1), comparison).raw[0])
    assert np.mean(corrected) == pytest.approx(np.mean(truth), abs=.03)
    assert np.mean(raw) < .85 * np.mean(truth)


def test_reliability_is_that_of_all_trials():
    features, _, responses = population(200, 40, noise=3.)
    other = population(200, 40, noise=3.)[1][:, None] + 3 * np.sqrt(20) * np.random.default_rng(9).standard_normal(
        responses.shape)  # the same images once more
    again = np.corrcoef(dissimilarities(responses.mean(axis=1)), dissimilarities(other.mean(axis=1)))[0, 1]
    assert compare(features, responses).reliability()[0] == pytest.approx(again, abs=.03)


def test_random_features_are_not_alike():
    """The correlation of 780 unrelated pairs has a standard deviation of 1 / sqrt(780), and no bias."""
    values = [compare(np.random.default_rng(seed + 1000).standard_normal((40, 50)), population(seed=seed)[2]
                      ).corrected()[0] for seed in range(100)]
    assert abs(np.mean(values)) < 3 / np.sqrt(780 * 100)
    assert np.std(values) == pytest.approx(1 / np.sqrt(780), rel=.25)


@given(st.lists(st.integers(0, 3), min_size=12, max_size=12).filter(lambda counts: sum(c > 0 for c in counts) > 4))
@settings(max_examples=20, deadline=None)
def test_a_weight_counts_an_image_as_often_but_never_pairs_it_with_itself(counts):
    features, _, responses = population(12)
    rows = np.repeat(np.arange(12), counts)
    model, measured = dissimilarities(features[rows]), dissimilarities(responses[rows].mean(axis=1))
    first, second = np.triu_indices(len(rows), 1)
    different = rows[first] != rows[second]
    expected = np.corrcoef(model[different], measured[different])[0, 1]
    halves = np.broadcast_to(dissimilarities(responses.mean(axis=1)), (2, 1, 66))
    weighted = similarity(dissimilarities(features), halves, 'pearson', np.array([counts]))
    assert weighted.raw[0] == pytest.approx(expected)


def test_an_image_to_which_all_neurons_respond_alike_is_left_out():
    features, _, responses = population()
    silent = responses.copy()
    silent[5] = 0
    without = np.delete(np.arange(40), 5)
    assert compare(features, silent).raw == pytest.approx(compare(features[without], responses[without]).raw)


class TestScore:
    def test_is_the_mean_over_animals_of_what_each_has_alone(self):
        features, _, responses = population()
        animals = np.repeat(['a', 'b', 'c'], 10)
        score = load_metric('mouse_rdm')(*assemblies(features, responses, animals))
        alone = [compare(features, responses[:, :, animals == name]).corrected()[0] for name in 'abc']
        assert score.attrs['animals'].values == pytest.approx(alone)
        assert score.item() == pytest.approx(np.mean(alone))
        assert score.raw.item() < score.item()
        assert score.attrs['error_over'] == ['animal', 'image']
        assert_valid_uncertainty(score)

    def test_an_animal_is_compared_on_the_images_it_saw(self):
        features, _, responses = population()
        animals = np.repeat(['a', 'b'], 15)
        responses[:20][:, :, animals == 'b'] = np.nan
        score = load_metric('mouse_rdm')(*assemblies(features, responses, animals))
        alone = compare(features[20:], responses[20:][:, :, animals == 'b']).corrected()[0]
        assert score.attrs['animals'].sel(animal='b').item() == pytest.approx(alone)

    def test_the_error_is_the_spread_over_new_images_and_animals_or_somewhat_larger(self):
        values, errors = [], []
        for seed in range(20):
            features, _, responses = population(n_images=80, noise=2., seed=seed)
            score = load_metric('mouse_rdm')(*assemblies(features, responses, np.repeat(['a', 'b', 'c'], 10)))
            values.append(score.item())
            errors.append(score.attrs['error'])
        assert .8 < np.mean(errors) / np.std(values, ddof=1) < 1.25 * np.sqrt(3)

    @pytest.mark.parametrize(('change', 'says'), [
        (lambda f, r: (f, r[:, :1]), '1 trial'),
        (lambda f, r: (f[:2], r[:2]), '2 image'),
        (lambda f, r: (f, r[:, :, :1]), '1 of 1 neurons'),
        (lambda f, r: (0 * f, r), 'No pair of images'),
    ])
    def test_too_little_is_a_clear_error(self, change, says):
        features, responses = change(*population()[::2])
        source, target = assemblies(features, responses, ['a'] * responses.shape[2])
        with pytest.raises(ValueError, match=says):
            load_metric('mouse_rdm')(source, target)

    def test_an_unknown_comparison_names_the_known_ones(self):
        with pytest.raises(ValueError, match='pearson, spearman'):
            load_metric('mouse_rdm', comparison='best')


def test_on_the_simulated_mouse_the_truth_gets_what_noise_free_rates_get_and_chance_gets_nothing():
    benchmark, simulated, scenes = load_benchmark('SimulatedMouse.VISp-rdm'), simulated_population(), simulated_scenes()
    features, rates, neurons = simulated.features(scenes), simulated.rates(scenes), simulated.neurons
    truth = [np.corrcoef(dissimilarities(features), dissimilarities(
        rates[:, ((neurons.region == 'VISp') & (neurons.animal == animal)).to_numpy()]))[0, 1]
        for animal in dict.fromkeys(neurons.animal)]
    assert float(benchmark(load_model('gabor_oracle'))) == pytest.approx(np.mean(truth), abs=.01)
    chance = benchmark(load_model('random_features'))
    assert abs(float(chance)) < 2 * chance.attrs['error']
    assert .9 < benchmark.ceiling.item() < 1
