"""Linear CKA: Brain-Score's without noise, the truth with it, and nothing by chance."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.metrics.mouse_cka.cka import alignment, gram, hsic
from hypothesis import given, settings
from hypothesis import strategies as st

N_IMAGES = 40


def values(seed, n_features, n_images=N_IMAGES):
    return np.random.default_rng(seed).standard_normal((n_images, n_features)) / np.sqrt(np.arange(1, n_features + 1))


def trials(seed, rates, n_trials, noise):
    rng = np.random.default_rng([seed, 1])
    return rates[:, None] + noise * rng.standard_normal((len(rates), n_trials, rates.shape[1]))


def related(seed, n_neurons=30):
    """Features, and responses that half of them drive."""
    features = values(seed, 20)
    return features, features[:, ::2] @ np.random.default_rng([seed, 2]).standard_normal((10, n_neurons))


def test_without_noise_it_is_brainscores_metric():
    features, rates = related(0)
    def assembly(array):
        return NeuroidAssembly(array, dims=['presentation', 'neuroid'], coords={
            'stimulus_id': ('presentation', [f'{i:02d}' for i in range(N_IMAGES)]),
            'n': ('presentation', range(N_IMAGES)), 'neuroid_id': ('neuroid', range(array.shape[1])),
            'm': ('neuroid', range(array.shape[1]))})
    expected = float(load_metric('cka')(assembly(features), assembly(rates)))
    assert alignment(features, trials(0, rates, 4, 0), 2, 0).corrected()[0] == pytest.approx(expected)


def test_without_an_image_it_is_the_criterion_of_the_others():
    k, m = gram(values(0, 5, 9)), gram(values(1, 4, 9))
    found = hsic(k, m)
    for image in range(9):
        kept = np.delete(np.arange(9), image)
        assert found[1 + image] == pytest.approx(hsic(k[np.ix_(kept, kept)], m[np.ix_(kept, kept)])[0])


def test_the_criterion_is_songs_formula():
    k, m = gram(values(0, 5, 9)), gram(values(1, 4, 9))
    one, n = np.ones(9), 9
    expected = (np.trace(k @ m) + one @ k @ one * (one @ m @ one) / ((n - 1) * (n - 2))
                - 2 / (n - 2) * one @ k @ m @ one) / (n * (n - 3))
    assert hsic(k, m)[0] == pytest.approx(expected)


def test_noise_takes_nothing_from_the_corrected_value_but_from_the_raw_one():
    corrected, raw, truths = [], [], []
    for seed in range(30):
        features, rates = related(seed)
        truths.append(alignment(features, trials(seed, rates, 2, 0), 1, 0).corrected()[0])
        found = alignment(features, trials(seed, rates, 8, 3 * rates.std()), 3, 0)
        corrected.append(found.corrected()[0])
        raw.append(found.raw())
    assert np.mean(corrected) == pytest.approx(np.mean(truths), abs=.03)
    assert np.mean(raw) < np.mean(truths) - .1


def test_many_features_without_information_get_nothing():
    found = [alignment(np.random.default_rng([7, seed]).standard_normal((N_IMAGES, 2000)),
                       trials(seed, related(seed)[1], 4, 1), 2, 0).corrected()[0] for seed in range(40)]
    assert abs(np.mean(found)) < 3 * np.std(found, ddof=1) / np.sqrt(40)


@settings(max_examples=20, deadline=None)
@given(st.floats(.01, 100), st.floats(-50, 50), st.integers(0, 50))
def test_scale_mean_rotation_and_order_of_features_do_not_count(scale, shift, seed):
    features, rates = related(seed)
    responses = trials(seed, rates, 4, .5)
    rotation = np.linalg.qr(np.random.default_rng(seed).standard_normal((20, 20)))[0]
    assert alignment(scale * features @ rotation + shift, responses, 2, 0).corrected()[0] == pytest.approx(
        alignment(features, responses, 2, 0).corrected()[0], abs=1e-6)


def test_images_spread_as_far_as_the_jackknife_says():
    found, errors = [], []
    for seed in range(40):
        features, rates = related(seed)
        one = alignment(features, trials(seed, rates, 6, 1), 2, 0)
        found.append(one.corrected()[0])
        errors.append(one.pseudovalues().std(ddof=1) / np.sqrt(N_IMAGES))
    assert np.mean(errors) == pytest.approx(np.std(found, ddof=1), rel=.4)  # neurons are drawn anew, too


@pytest.mark.parametrize(('images', 'n_trials'), [(4, 6), (N_IMAGES, 1)])
def test_too_little_is_refused(images, n_trials):
    features, rates = related(0)
    with pytest.raises(ValueError, match='at least 5 images x 2 trials'):
        alignment(features[:images], trials(0, rates, n_trials, 1)[:images], 2, 0)


@pytest.mark.parametrize('animals', [['a'] * 30, ['a', 'b', 'c'] * 10])
def test_the_score_has_an_error(animals):
    features, rates = related(0)
    ids = np.array([f'{i:02d}' for i in range(N_IMAGES)])
    target = NeuroidAssembly(trials(0, rates, 6, 1).reshape(-1, 30), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(ids, 6)), 'repetition': ('presentation', np.tile(range(6), N_IMAGES)),
        'neuroid_id': ('neuroid', range(30)), 'animal': ('neuroid', animals)})
    source = NeuroidAssembly(features, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'n': ('presentation', range(N_IMAGES)),
        'neuroid_id': ('neuroid', range(20)), 'layer': ('neuroid', ['x'] * 20)})
    score = load_metric('mouse_cka')(source, target)
    assert_valid_uncertainty(score)
    assert score.attrs['error_over'] == (['image'] if len(set(animals)) == 1 else ['animal', 'image'])
    assert 0 < float(score) < 1
    assert .5 < float(load_metric('mouse_cka_reliability')(target)) <= 1
