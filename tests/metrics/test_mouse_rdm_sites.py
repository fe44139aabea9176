"""Similarity to published matrices of sites: against rsatoolbox's formulas, closed forms and known answers."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights
from brainscore_vision.metrics.mouse_rdm.sites import area_similarity, permuted_area_similarity, site_similarities
from scipy.stats import kstest, spearmanr

N_IMAGES = 40


def triangle(matrix):
    return matrix[np.triu_indices(len(matrix), 1)]


def matrices(noise, n_images=N_IMAGES, seed=0, n_neurons=60):
    """Features, the model's similarities, and those of sites whose neurons are as noisy as said; reliabilities."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n_images, 30))
    sites, reliability = [], []
    for level in noise:
        rates = features @ rng.standard_normal((30, n_neurons))
        first, second = (triangle(np.corrcoef(rates + level * rng.standard_normal(rates.shape))) for _ in range(2))
        sites.append(first)
        reliability.append(np.corrcoef(first, second)[0, 1])
    return features, triangle(np.corrcoef(features)), np.array(sites), np.array(reliability)


def assemblies(features, sites, reliability):
    n_images, n_sites = len(features), len(sites)
    ids = np.array([f'image_{i:02d}' for i in range(n_images)])
    square = np.ones((n_sites, n_images, n_images))
    first, second = np.triu_indices(n_images, 1)
    square[:, first, second] = square[:, second, first] = sites
    source = NeuroidAssembly(features, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'shown': ('presentation', np.arange(n_images)),
        'neuroid_id': ('neuroid', np.arange(features.shape[1])), 'layer': ('neuroid', ['a'] * features.shape[1])})
    target = NeuroidAssembly(np.concatenate(list(square), axis=1), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'repetition': ('presentation', np.zeros(n_images, int)),
        'site': ('neuroid', np.repeat([f'site_{i}' for i in range(n_sites)], n_images)),
        'compared_with': ('neuroid', np.tile(ids, n_sites)),
        'reliability': ('neuroid', np.repeat(np.asarray(reliability, float), n_images))})
    return source, target


@pytest.mark.parametrize('comparison', ['pearson', 'spearman'])
def test_similarities_are_correlations(comparison):
    _, model, sites, _ = matrices([1, 5])
    expected = [spearmanr(model, site)[0] if comparison == 'spearman' else np.corrcoef(model, site)[0, 1]
                for site in sites]
    assert site_similarities(model, sites, comparison)[0] == pytest.approx(expected)


def test_bootstrap_samples_are_rsatoolboxs():
    """``eval_bootstrap_pattern``: rows and columns of both matrices are drawn, an image with itself is left out."""
    _, model, sites, _ = matrices([3])
    weights = image_weights(N_IMAGES, 300, 0)[1:]
    square, measured = np.full((2, N_IMAGES, N_IMAGES), np.nan)
    first, second = np.triu_indices(N_IMAGES, 1)
    square[first, second] = square[second, first] = model
    measured[first, second] = measured[second, first] = sites[0]
    expected = []
    for counts in weights.astype(int):
        drawn = np.repeat(np.arange(N_IMAGES), counts)
        both = np.array([triangle(square[np.ix_(drawn, drawn)]), triangle(measured[np.ix_(drawn, drawn)])])
        expected.append(np.corrcoef(both[:, np.isfinite(both[0])])[0, 1])
    assert site_similarities(model, sites, 'pearson', weights)[:, 0] == pytest.approx(expected)


def test_rsatoolbox_finds_the_same_error():
    rsatoolbox = pytest.importorskip('rsatoolbox', reason='rsatoolbox is not installed: its formula is tested above')
    _, model, sites, _ = matrices([3])
    np.random.seed(0)  # noqa: NPY002  (it draws from there)
    theirs = rsatoolbox.inference.eval_bootstrap_pattern(
        rsatoolbox.model.ModelFixed('model', 1 - model), rsatoolbox.rdm.RDMs(1 - sites), method='corr', N=1000,
        boot_noise_ceil=False)
    ours = site_similarities(model, sites, 'pearson', image_weights(N_IMAGES, 1000, 0)[1:])
    assert ours.std(ddof=1) == pytest.approx(np.sqrt(theirs.variances), rel=.1)


def test_the_area_is_the_slope_of_similarities_on_ceilings():
    reliability, similarities = np.array([.9, .7, .6]), np.array([[.3, .2, .25], [.1, 0, .1]])
    expected = [np.linalg.lstsq(np.sqrt(reliability)[:, None], row, rcond=None)[0][0] for row in similarities]
    assert area_similarity(similarities, reliability) == pytest.approx(expected)
    corrected = similarities / np.sqrt(reliability)
    assert area_similarity(similarities, reliability) == pytest.approx(corrected @ reliability / reliability.sum())


def test_noise_takes_nothing_from_the_area_and_weights_make_it_more_certain():
    truth, found, plain = [], [], []
    for seed in range(60):
        _, model, clean, _ = matrices([0, 0, 0], seed=seed)
        _, _, sites, reliability = matrices([2, 4, 9], seed=seed)
        similarities = site_similarities(model, sites, 'pearson')
        truth.append(site_similarities(model, clean, 'pearson').mean())
        found.append(area_similarity(similarities, reliability)[0])
        plain.append((similarities[0] / np.sqrt(reliability)).mean())
    assert np.mean(found) == pytest.approx(np.mean(truth), abs=.02)
    assert np.std(np.subtract(found, truth)) < np.std(np.subtract(plain, truth))


@pytest.mark.parametrize('comparison', ['pearson', 'spearman'])
def test_permutations_are_what_permuted_features_get(comparison):
    features, model, sites, reliability = matrices([1, 4])
    found = permuted_area_similarity(model, sites, reliability, comparison, 5, seed=3)
    rng = np.random.default_rng([3, 4])
    for value in found:
        permuted = triangle(np.corrcoef(features[rng.permutation(N_IMAGES)]))
        assert area_similarity(site_similarities(permuted, sites, comparison), reliability)[0] == pytest.approx(value)


def test_p_values_of_unrelated_features_are_uniform():
    p_values = []
    for seed in range(100):
        _, _, sites, reliability = matrices([1, 4], n_images=15, seed=seed)
        model = triangle(np.corrcoef(np.random.default_rng(1000 + seed).standard_normal((15, 30))))
        value = area_similarity(site_similarities(model, sites, 'pearson'), reliability)[0]
        by_chance = permuted_area_similarity(model, sites, reliability, 'pearson', 99, seed)
        p_values.append((1 + (by_chance >= value).sum()) / 100)
    assert kstest(p_values, 'uniform').pvalue > .01


class TestScore:
    def score(self, reliability=(.9, .7, .4), comparison='pearson', change=None):
        features, _, sites, _ = matrices([1, 3, 9])
        if change is not None:
            features[change] = 5
        return load_metric('mouse_rdm_sites', comparison=comparison)(*assemblies(features, sites, reliability))

    def test_sites_that_are_not_reliable_are_reported_and_not_counted(self):
        score = self.score()
        raw = score.raw.raw.values
        assert float(score.raw) == pytest.approx(raw[:2].mean())
        assert score.item() == pytest.approx(area_similarity(raw[None, :2], np.array([.9, .7]))[0])
        assert score.attrs['sites'].values == pytest.approx(raw / np.sqrt([.9, .7, .4]))
        assert score.attrs['weight'].values == pytest.approx([.9 / 1.6, .7 / 1.6, 0])
        assert_valid_uncertainty(score)

    def test_it_says_what_chance_gets(self):
        score = self.score()
        assert 0 < score.attrs['chance'] < score.item()
        assert score.attrs['p_value'] == pytest.approx(1 / 1001)
        assert score.attrs['error_over'] == ['image']

    def test_an_image_whose_features_are_all_alike_is_left_out(self):
        assert self.score(change=5).attrs['n_images'] == N_IMAGES - 1

    def test_a_site_that_is_pure_noise_has_no_corrected_value(self):
        assert np.isnan(self.score(reliability=(.9, .7, -.1)).attrs['sites'].values[2])

    def test_errors_say_what_is_wrong(self):
        with pytest.raises(ValueError, match=r'reliability of 0.6 or more \(site_0 0.50, site_1 0.40, site_2 0.30\)'):
            self.score(reliability=(.5, .4, .3))
        with pytest.raises(ValueError, match='1 of 40 images have features that differ'):
            self.score(change=slice(1, None))
        with pytest.raises(ValueError, match="Unknown comparison 'cosine': choose one of pearson, spearman"):
            self.score(comparison='cosine')
        features, _, sites, reliability = matrices([1, 1])
        source, target = assemblies(features, sites, reliability)
        with pytest.raises(ValueError, match="The site 'site_0' has 39 columns, of 39 images"):
            load_metric('mouse_rdm_sites')(source, target.isel(neuroid=slice(1, None)))

    def test_the_ceiling_is_the_mean_of_the_sites_that_count(self):
        features, _, sites, _ = matrices([1, 3, 9])
        ceiling = load_metric('mouse_rdm_sites_reliability')(assemblies(features, sites, (.9, .7, .4))[1])
        assert ceiling.item() == pytest.approx(.8)
        assert ceiling.raw.values == pytest.approx([.9, .7, .4])
