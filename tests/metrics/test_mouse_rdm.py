"""Representational similarity, animal by animal and corrected for noise, against Brain-Score's and known answers."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_benchmark, load_metric, load_model
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.data.simulated_mouse.recording import simulated_population, simulated_scenes
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials
from brainscore_vision.metrics.mouse_rdm.between_animals import between_animals
from brainscore_vision.metrics.mouse_rdm.bootstrap import uncertainty_of_mean
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities, similarity
from brainscore_vision.metrics.mouse_rdm.half_matrices import (
    AVERAGES,
    CORRELATION,
    CROSSNOBIS,
    OF_FEATURES,
    cross_products,
    half_dissimilarities,
)
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


def compare(features, responses, comparison='pearson', kind=CORRELATION):
    return similarity(OF_FEATURES[kind](features), half_dissimilarities(responses, 10, 0, kind), comparison)


def test_without_noise_and_with_one_animal_it_is_brainscores_rdm():
    features, rates, _ = population()
    source, target = assemblies(features, np.repeat(rates[:, None], 2, axis=1), ['a'] * 30)
    averages = target.isel(presentation=target['repetition'].values == 0)
    theirs = load_metric('rdm')(source, averages)
    ours = load_metric('mouse_rdm', comparison='spearman', dissimilarity='averages')(source, target)
    assert float(ours) == pytest.approx(float(theirs))


@pytest.mark.parametrize('comparison', ['pearson', 'spearman'])
def test_noise_takes_nothing_from_the_corrected_value(comparison):
    corrected, raw, truth = [], [], []
    for seed in range(20):
        features, rates, responses = population(noise=2., seed=seed)
        found = compare(features, responses, comparison)
        corrected.append(found.corrected()[0])
        raw.append(found.raw[0])
        truth.append(compare(features, np.repeat(rates[:, None], 2, axis=1), comparison, AVERAGES).raw[0])
    assert np.mean(corrected) == pytest.approx(np.mean(truth), abs=.03)
    assert np.mean(raw) < .85 * np.mean(truth)


@pytest.mark.parametrize('kind', [CORRELATION, AVERAGES])
def test_reliability_is_that_of_all_trials(kind):
    features, rates, responses = population(150, 24, noise=1.5)
    twice = rates[:, None] + 1.5 * np.sqrt(20) * np.random.default_rng(9).standard_normal((150, 48, 30))
    of_halves = compare(features, twice, kind=kind).internal[0]  # which are of as many trials
    assert compare(features, responses, kind=kind).reliability()[0] == pytest.approx(of_halves, abs=.02)


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


def alike_but_for_a_gain(n_images=50, n_trials=12, n_neurons=40, noise=2., seed=0):
    """Responses whose patterns differ in a gain an image alone (sd .2), and features that share the gain alone."""
    rng = np.random.default_rng(seed)
    gain = 1 + .2 * rng.standard_normal(n_images)[:, None]
    responses = (gain * rng.standard_normal(n_neurons))[:, None] + noise * rng.standard_normal(
        (n_images, n_trials, n_neurons))
    return gain * rng.standard_normal(300) + rng.standard_normal((n_images, 300)), responses


def test_a_gain_that_noise_makes_look_like_a_pattern_is_none():
    """In correlations of averages noise is the dissimilarity of weak responses, and both halves agree on it."""
    source, target = assemblies(*alike_but_for_a_gain(), ['a'] * 40)
    assert load_metric('mouse_rdm', dissimilarity='averages')(source, target).item() > .8
    score = load_metric('mouse_rdm')(source, target)
    assert abs(score.raw.item()) < .2
    assert not abs(score.item()) > 2 * score.attrs['error']  # undefined where the halves do not agree
    assert compare(*alike_but_for_a_gain()).internal[0] < .1


def test_the_gain_is_a_difference_to_crossnobis_which_a_model_may_share():
    assert compare(*alike_but_for_a_gain(), kind=CROSSNOBIS).corrected()[0] > .5


class TestCrossValidation:
    def test_products_hold_no_noise(self):
        _, rates, _ = population(n_images=8)
        halves, found = np.ones((1, 4), bool), []
        for seed in range(400):
            noise = np.random.default_rng(seed).standard_normal((8, 4, 30))
            found.append(next(cross_products(rates[:, None] + 4 * noise, halves, centred=False)))
        spread = np.std(found, axis=0) / 20
        assert (np.abs(np.mean(found, axis=0) - rates @ rates.T) < 4.5 * spread).all()

    def test_an_images_product_with_itself_is_that_of_its_different_trials(self):
        responses = population(n_images=3)[2]
        expected = np.mean([responses[0, t] @ responses[0, u] for t in range(10) for u in range(10) if t != u])
        products = next(cross_products(responses, np.ones((1, 10), bool), centred=False))
        assert products[0, 0] == pytest.approx(expected)

    def test_missing_trials_are_left_out(self):
        responses = population(n_images=12)[2]
        padded = np.concatenate([responses, np.full_like(responses[:, :4], np.nan)], axis=1)
        halves = np.arange(14) % 2 == 0
        both = [next(cross_products(values, halves[None, :values.shape[1]], centred=True))
                for values in (responses, padded)]
        assert both[1] == pytest.approx(both[0])

    def test_the_unit_of_a_neuron_does_not_matter(self):
        features, _, responses = population()
        scaled = responses * np.random.default_rng(1).uniform(.1, 10, 30)
        assert compare(features, scaled).raw == pytest.approx(compare(features, responses).raw)

    def test_crossnobis_is_rsatoolboxs(self):
        """But for products of different images in trials of one number, which it leaves out, too."""
        rsatoolbox = pytest.importorskip('rsatoolbox', reason='rsatoolbox is not installed')
        responses = population(n_images=20, n_trials=12)[2]
        data = rsatoolbox.data.Dataset(responses.reshape(-1, 30), obs_descriptors={
            'image': np.repeat(np.arange(20), 12), 'trial': np.tile(np.arange(12), 20)})
        noise = np.diag(1 / responses.var(axis=1, ddof=1).mean(axis=0))
        theirs = rsatoolbox.rdm.calc_rdm(data, 'crossnobis', 'image', noise=noise, cv_descriptor='trial')
        scaled = responses * np.sqrt(np.diag(noise))
        ours = next(cross_products(scaled, np.ones((1, 12), bool), centred=False))
        length, first_second = np.diag(ours), np.triu_indices(20, 1)
        ours = ((length[:, None] + length - 2 * ours) / 30)[first_second]
        assert ours == pytest.approx(theirs.dissimilarities[0], abs=.1 * ours.std())
        assert ours.mean() == pytest.approx(theirs.dissimilarities.mean(), rel=.01)


class TestError:
    def recording(self, rng, n_animals, of_animals, of_images, rest, n_images=50):
        """Scores that are means over images: of each animal, and of 200 bootstrap samples of the images."""
        table = (of_animals * rng.standard_normal(n_animals) + of_images * rng.standard_normal((n_images, 1))
                 + rest * rng.standard_normal((n_images, n_animals)))
        weights = rng.multinomial(n_images, np.full(n_images, 1 / n_images), 200) / n_images
        return table.mean(axis=0), weights @ table

    @pytest.mark.parametrize('n_animals', [2, 3, 8])
    @pytest.mark.parametrize(('of_animals', 'of_images', 'rest'), [(1, 0, .3), (.2, 1, 1)])
    def test_it_is_the_spread_over_new_animals_and_images(self, n_animals, of_animals, of_images, rest):
        rng, values, variances, covered = np.random.default_rng(0), [], [], []
        for _ in range(400):
            own, bootstrap = self.recording(rng, n_animals, of_animals, of_images, rest)
            found = uncertainty_of_mean(own, bootstrap, 50)
            low, high = found.interval(own.mean())
            values.append(own.mean())
            variances.append(found.error ** 2)
            covered.append(low < 0 < high)
        assert np.mean(variances) == pytest.approx(np.var(values), rel=.25)
        assert .92 < np.mean(covered) < (.98 if of_images == 0 else 1)  # cautious where both differ

    def test_it_is_rsatoolboxs_where_no_bound_is_met(self):
        rsatoolbox = pytest.importorskip('rsatoolbox', reason='its formula is in the docstring')
        rng = np.random.default_rng(1)
        own, bootstrap = self.recording(rng, 12, .3, 1, 2)
        animals = rng.multinomial(12, np.full(12, 1 / 12), (20, len(bootstrap))) / 12
        both = (animals * bootstrap).sum(axis=-1)  # each sample of images with 20 of animals
        variances = np.array([both.var(), own.var() / 12, bootstrap.mean(axis=1).var()])[:, None, None] * np.eye(1)
        theirs, _, _ = rsatoolbox.util.inference_util.extract_variances(variances, False, 12, 50)
        assert uncertainty_of_mean(own, bootstrap, 50).error ** 2 == pytest.approx(theirs.item(), rel=.05)

    def test_animals_that_are_alike_by_chance_leave_the_images(self):
        bootstrap = np.random.default_rng(0).standard_normal((500, 3))
        found = uncertainty_of_mean(np.full(3, .2), bootstrap, 50)
        assert found.error == pytest.approx(np.sqrt(50 / 49) * bootstrap.mean(axis=1).std(ddof=1))
        assert found.half_width == pytest.approx(2.01 * found.error, rel=.001)

    def test_a_single_animal_has_the_interval_of_its_images(self):
        bootstrap = np.array([[.1, np.nan], [.2, np.nan], [.3, np.nan]])
        found = uncertainty_of_mean(np.array([.2, np.nan]), bootstrap, 50)
        assert found.error == pytest.approx(.1 * np.sqrt(50 / 49))
        assert found.interval(.2) == pytest.approx((.2 - 2.01 * found.error, .2 + 2.01 * found.error), abs=1e-3)
        assert found.over == ('image',)

    def test_animals_without_a_value_have_none(self):
        found = uncertainty_of_mean(np.full(2, np.nan), np.full((3, 2), np.nan), 50)
        assert np.isnan(found.error)
        assert 'animals' in found.attributes(np.nan)['error_nan_reason']


class TestBetweenAnimals:
    def halves(self, mixtures, noise=2., n_images=40, n_neurons=200):
        """Of animals whose neurons respond to shared features and to some of their own, mixed as said."""
        rng = np.random.default_rng(0)
        shared, found, truth = rng.standard_normal((n_images, 10)), [], []
        for mixture in mixtures:
            seen = np.hstack([mixture * shared, (1 - mixture) * rng.standard_normal((n_images, 10))])
            rates = seen @ rng.standard_normal((20, n_neurons))
            responses = rates[:, None] + noise * np.sqrt(20) * rng.standard_normal((n_images, 20, n_neurons))
            found.append(half_dissimilarities(responses, 5, 0, CORRELATION))
            truth.append(dissimilarities(rates))
        return found, np.array(truth)

    def test_the_upper_bound_is_what_the_mean_of_the_true_matrices_gets(self):
        halves, truth = self.halves((.7, .6, .5))
        standard = (truth - truth.mean(axis=1, keepdims=True)) / truth.std(axis=1, keepdims=True)
        expected = [np.corrcoef(standard.mean(axis=0), own)[0, 1] for own in truth]
        lower, upper = between_animals(halves)
        assert upper == pytest.approx(expected, abs=.05)
        without = [np.corrcoef(np.delete(standard, i, axis=0).mean(axis=0), own)[0, 1] for i, own in enumerate(truth)]
        assert (lower < np.array(without) + .03).all()
        assert (lower < upper).all()

    def test_an_animal_alone_has_none(self):
        assert np.isnan(between_animals(self.halves((.5,))[0])).all()

    def test_animals_of_the_same_images_are_compared(self):
        _, _, responses = population(noise=.5)
        _, target = assemblies(np.zeros((40, 2)), responses, np.repeat(['a', 'b', 'c'], 10))
        bounds = load_metric('mouse_rdm_reliability')(target).attrs['between_animals']
        assert .3 < bounds.sel(bound='lower').item() < bounds.sel(bound='upper').item() <= 1.02
        assert bounds.attrs['n_animals'] == 3
        target.values[:20 * 10, 20:] = np.nan  # c was not shown some
        bounds = load_metric('mouse_rdm_reliability')(target).attrs['between_animals']
        assert bounds.attrs['n_animals'] == 2


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
        assert .8 < np.mean(errors) / np.std(values, ddof=1) < 1.8

    @pytest.mark.parametrize(('change', 'says'), [
        (lambda f, r: (f, r[:, :3]), '3 trial'),
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
        with pytest.raises(ValueError, match='correlation, crossnobis, averages'):
            load_metric('mouse_rdm', dissimilarity='best')


def test_on_the_simulated_mouse_the_truth_gets_what_noise_free_rates_get_and_chance_gets_nothing():
    benchmark, simulated, scenes = load_benchmark('SimulatedMouse.VISp-rdm'), simulated_population(), simulated_scenes()
    rates = simulated.rates(scenes)[:, (simulated.neurons.region == 'VISp').to_numpy()]
    trials, _ = images_by_trials(benchmark.recordings)
    rates = rates / np.sqrt(trials.var(axis=1).mean(axis=0))  # in units of their noise
    truth = [np.corrcoef(dissimilarities(simulated.features(scenes)), dissimilarities(of_animal))[0, 1]
             for of_animal in np.split(rates, 3, axis=1)]
    assert float(benchmark(load_model('gabor_oracle'))) == pytest.approx(np.mean(truth), abs=.01)
    chance = benchmark(load_model('random_features'))
    assert abs(float(chance)) < 2 * chance.attrs['error']
    assert .9 < benchmark.ceiling.item() < 1
