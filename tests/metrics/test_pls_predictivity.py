"""Noise-corrected predictivity as a function of arrays, against known answers and a plain reference."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD, half_means, spearman_brown, trial_halves
from brainscore_vision.metrics.noise_corrected_pls.predictivity import Predictivity, pooled_predictivity, predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import PROTOCOLS, Protocol, image_splits
from sklearn.cross_decomposition import PLSRegression

SMALL = Protocol(image_splits=3, trial_halves=4, n_components=3)


def linear_population(n_images, n_neurons, n_trials, noise, seed=0, n_features=6):
    """Responses that are linear in the features, plus trial noise; and two animals."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n_images, n_features))
    rates = features @ rng.standard_normal((n_features, n_neurons)) + rng.lognormal(1, 1, n_neurons)
    responses = rates[:, None] + noise * rng.standard_normal((n_images, n_trials, n_neurons))
    return features, rates, responses, np.array(['a', 'b'])[np.arange(n_neurons) % 2]


def reference(features, responses, animals, protocol):
    """The formula as it is written, one neuron and one half at a time, with scikit-learn's regression."""
    values = np.full((protocol.image_splits, responses.shape[2]), np.nan)
    for i, (train, test) in enumerate(image_splits(len(features), protocol.image_splits, protocol.seed)):
        for animal in set(animals):
            neurons = np.flatnonzero(animals == animal)
            per_half = []
            for first in trial_halves(responses.shape[1], protocol.trial_halves, protocol.seed):
                halves = [responses[:, trials][:, :, neurons].mean(axis=1) for trials in (first, ~first)]
                maps = [PLSRegression(protocol.n_components, scale=protocol.scale, tol=1e-14, max_iter=100_000)
                        .fit(features[train], s[train]).predict(features[test]) for s in halves]
                per_neuron = []
                for n in range(len(neurons)):
                    def r(a, b, n=n):
                        return np.corrcoef(a[:, n], b[:, n])[0, 1]
                    s1, s2 = halves[0][test], halves[1][test]
                    internal, mapping = r(s1, s2), r(*maps)
                    numerator = (r(maps[0], s2) + r(maps[1], s1)) / 2
                    if internal > 0 and mapping > 0:
                        numerator /= 2 * np.sqrt(internal / (1 + internal) * mapping / (1 + mapping))
                    else:
                        numerator = np.nan
                    per_neuron.append(numerator)
                per_half.append(per_neuron)
            values[i, neurons] = np.nanmean(per_half, axis=0)
    return values


@pytest.mark.parametrize('scale', [False, True])
def test_published_is_the_published_formula(scale):
    features, _, responses, animals = linear_population(30, 6, 8, noise=2.)
    protocol = Protocol(image_splits=2, trial_halves=3, n_components=3, scale=scale, seed=4)
    expected = reference(features, responses, animals, protocol)
    assert predictivity(features, responses, animals, protocol).published == pytest.approx(expected, abs=1e-6,
                                                                                          nan_ok=True)


def test_noise_free_responses_linear_in_the_features_are_explained_completely():
    features, rates, _, animals = linear_population(40, 8, 1, noise=0)
    result = predictivity(features, np.repeat(rates[:, None], 4, axis=1), animals,
                          Protocol(image_splits=3, trial_halves=2, n_components=6))
    assert result.of_neurons() == pytest.approx(1, abs=1e-9)
    assert result.of_animals(animals) == pytest.approx(1, abs=1e-9)
    assert result.published == pytest.approx(1, abs=1e-9)
    assert result.raw == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(('noise', 'reliability', 'within'), [(3., .87, .02), (7., .55, .03), (12., .29, .05)])
def test_noise_takes_nothing_from_the_corrected_value_but_from_the_published_one(noise, reliability, within):
    """Truth 1, whatever the noise; the published formula loses up to a fifth where reliability is 0.3."""
    features, rates, responses, animals = linear_population(118, 60, 10, noise)
    result = predictivity(features, responses, animals, Protocol(image_splits=10, trial_halves=5, n_components=6))
    measured = np.nanmedian(spearman_brown(result.internal.mean(axis=0)))
    assert measured == pytest.approx(reliability, abs=.1)
    assert result.of_animals(animals) == pytest.approx(1, abs=within)
    assert np.nanmedian(result.of_neurons()) == pytest.approx(1, abs=within)
    assert np.nanmedian(result.published) < 1 - .2 * (1 - reliability)


def test_random_features_explain_nothing():
    rng = np.random.default_rng(0)
    _, _, responses, animals = linear_population(118, 60, 20, noise=1.)
    result = predictivity(rng.standard_normal((118, 500)), responses, animals, PROTOCOLS['quick'])
    assert result.of_animals(animals) == pytest.approx(0, abs=.05)
    assert np.nanmedian(result.of_neurons()) == pytest.approx(0, abs=.05)


def test_pooling_neurons_makes_a_high_score_of_nothing():
    """Log-normal mean rates, no stimulus signal, random features: the published measure is above 0.9."""
    rng = np.random.default_rng(0)
    responses = rng.poisson(rng.lognormal(0, 1, 60), (118, 50, 60)).astype(float)
    features, animals = rng.standard_normal((118, 500)), np.zeros(60)
    pooled, _ = pooled_predictivity(features, responses, animals, Protocol(3, EVEN_ODD, scale=True))
    per_neuron = predictivity(features, responses, animals, Protocol(3, EVEN_ODD)).of_neurons()
    assert pooled.shape == (3, 1)
    assert pooled.mean() > .9
    assert abs(np.nanmedian(per_neuron)) < .2


def test_pooled_is_the_ratio_over_flattened_images_and_neurons():
    features, _, responses, animals = linear_population(30, 6, 8, noise=2.)
    protocol = Protocol(image_splits=1, trial_halves=EVEN_ODD, n_components=3, scale=True)
    ((train, test),) = image_splits(30, 1, protocol.seed)
    expected = []
    for animal in ('a', 'b'):
        s1, s2 = (responses[:, start::2][:, :, animals == animal].mean(axis=1) for start in (0, 1))
        m1, m2 = (PLSRegression(3, tol=1e-14, max_iter=100_000).fit(features[train], s[train]).predict(features[test])
                  for s in (s1, s2))
        r = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in ((m1, s2[test]), (m1, m2), (s1[test], s2[test]))]
        expected.append(r[0] / np.sqrt(2 * r[1] / (1 + r[1]) * 2 * r[2] / (1 + r[2])))
    assert pooled_predictivity(features, responses, animals, protocol)[0][0] == pytest.approx(expected, abs=1e-6)


def test_constant_neuron_is_nan_and_harms_no_other():
    features, _, responses, animals = linear_population(30, 6, 8, noise=1.)
    silent = responses.copy()
    silent[:, :, 2] = 0
    corrected = predictivity(features, silent, animals, SMALL).of_neurons()
    assert np.isnan(corrected[2])
    assert np.isfinite(np.delete(corrected, 2)).all()


def test_an_image_with_fewer_trials_is_averaged_over_those_it_has():
    features, _, responses, animals = linear_population(30, 6, 8, noise=1.)
    responses[3, 6:] = np.nan
    halves = trial_halves(8, 4, 0)
    means = half_means(responses, halves)
    for half, trials in enumerate(halves):
        assert means[half, 3] == pytest.approx(responses[3, :6][trials[:6]].mean(axis=0))
        assert means[half, 4] == pytest.approx(responses[4, trials].mean(axis=0))
    assert np.isfinite(predictivity(features, responses, animals, SMALL).of_neurons()).all()


def test_an_image_without_trials_leaves_the_neuron_out_and_no_other():
    features, _, responses, animals = linear_population(30, 6, 8, noise=1.)
    responses[3, 1:, 4] = np.nan
    result = predictivity(features, responses, animals, SMALL)
    assert np.isnan(result.raw[:, 4]).all()
    without = np.delete(np.arange(6), 4)
    alone = predictivity(features, responses[:, :, without], animals[without], SMALL)
    assert result.raw[:, without] == pytest.approx(alone.raw)


def test_animals_are_fitted_apart():
    features, _, responses, animals = linear_population(30, 6, 8, noise=1.)
    together = predictivity(features, responses, animals, SMALL).raw
    apart = predictivity(features, responses[:, :, animals == 'a'], animals[animals == 'a'], SMALL).raw
    assert together[:, animals == 'a'] == pytest.approx(apart)


def test_fewer_features_than_components_use_what_there_is():
    features, _, responses, animals = linear_population(30, 6, 8, noise=1., n_features=2)
    assert np.isfinite(predictivity(features, responses, animals, SMALL).raw).all()


def test_a_split_alone_is_the_score_of_that_split():
    features, _, responses, animals = linear_population(60, 6, 8, noise=1.)
    result = predictivity(features, responses, animals, SMALL)
    alone = Predictivity(*(values[[1]] for values in (result.raw, result.mapping, result.internal, result.published)))
    assert result.of_splits(animals)[1] == pytest.approx(alone.of_animals(animals))


@pytest.mark.parametrize(('images', 'trials', 'says'), [
    (1, 8, '1 image'), (7, 8, 'at least 8 images'), (30, 1, 'at least 2 are needed')])
def test_too_little_data_is_a_clear_error(images, trials, says):
    features, _, responses, animals = linear_population(30, 6, 8, noise=1.)
    with pytest.raises(ValueError, match=says):
        predictivity(features[:images], responses[:images, :trials], animals, SMALL)


def test_not_finite_features_are_named():
    features, _, responses, animals = linear_population(30, 6, 8, noise=1.)
    features[5, 2] = np.inf
    with pytest.raises(ValueError, match='not finite'):
        predictivity(features, responses, animals, SMALL)
