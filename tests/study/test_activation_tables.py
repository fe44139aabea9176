"""Norms, distances and decoding of activations whose answer is known."""
import numpy as np
import pytest

from study.decoding import decode_models, summarise_decoding
from study.distances import pairwise_distances
from study.norms import activation_norms


def activations(offsets, n_images=30, n_features=20, seed=0):
    """Models that see the same pictures alike, but for an offset of their own."""
    rng = np.random.default_rng(seed)
    seen = rng.standard_normal((n_images, n_features))
    return {model: {'conv1': seen + offset * rng.standard_normal(n_features)
                    + .1 * rng.standard_normal(seen.shape)} for model, offset in offsets.items()}


class TestNorms:
    def test_a_row_for_each_model_layer_and_image(self):
        table = activation_norms({'a': {'conv1': np.array([[3., 4.], [0., 0.]]), 'conv2': np.ones((2, 4))}})
        assert list(table.norm) == [5, 0, 2, 2]
        assert list(table.image) == [0, 1, 0, 1]

    def test_nothing_is_an_empty_table(self):
        assert len(activation_norms({})) == 0


class TestDistances:
    def test_euclidean_distance_is_the_mean_over_images(self):
        a = np.zeros((2, 4))
        table = pairwise_distances({'a': {'conv1': a}, 'b': {'conv1': a + [[1], [3]]}})
        assert list(table.distance) == [4, 4]
        assert set(zip(table.model, table.other)) == {('a', 'b'), ('b', 'a')}

    def test_alignment_does_not_depend_on_the_order_or_scale_of_features(self):
        a = np.random.default_rng(0).standard_normal((40, 30))
        table = pairwise_distances({'a': {'conv1': a}, 'b': {'conv1': 7 * a[:, ::-1] + 2}})
        assert table.cka.to_numpy() == pytest.approx(1)
        assert table.distance.min() > 10

    def test_alignment_of_independent_features_is_low(self):
        rng = np.random.default_rng(0)
        table = pairwise_distances({'a': {'conv1': rng.standard_normal((300, 5))},
                                    'b': {'conv1': rng.standard_normal((300, 5))}})
        assert table.cka.max() < .1

    def test_layers_that_only_one_model_has_are_left_out(self):
        a = np.random.default_rng(0).standard_normal((5, 3))
        table = pairwise_distances({'a': {'conv1': a, 'conv9': a}, 'b': {'conv1': a}})
        assert set(table.layer) == {'conv1'}

    def test_a_layer_that_answers_all_images_alike_has_no_alignment(self):
        a = np.random.default_rng(0).standard_normal((5, 3))
        assert pairwise_distances({'a': {'conv1': a}, 'b': {'conv1': np.ones((5, 3))}}).cka.isna().all()


class TestDecoding:
    def test_models_of_different_answers_are_told_apart(self):
        table = decode_models(activations({'a': 1, 'b': 1, 'c': 1}), n_permutations=5)
        assert set(table.fold) == {0, 1, 2, 3, 4}
        summary = summarise_decoding(table).iloc[0]
        assert summary.accuracy == summary.precision == summary.recall == 1
        assert summary.null_high < .6
        assert summary.p == pytest.approx(1 / 6)
        assert summary.chance == pytest.approx(1 / 3)

    def test_models_that_answer_alike_are_not(self):
        summary = summarise_decoding(decode_models(activations({'a': 0, 'b': 0}), n_permutations=5)).iloc[0]
        assert summary.accuracy == pytest.approx(.5, abs=.2)
        assert summary.p > .1

    def test_an_image_is_never_in_training_and_test_at_once(self):
        # two models whose answers to a picture are all but the same, and tell its number: told apart by the picture
        # if it is in both, in the wrong way since its other activation has the other label
        seen = np.random.default_rng(0).standard_normal((40, 200)) * 100
        features = {'a': {'conv1': seen}, 'b': {'conv1': seen + 1e-3}}
        accuracy = summarise_decoding(decode_models(features, n_permutations=0)).accuracy.item()
        assert accuracy == pytest.approx(.5, abs=.15)

    def test_the_seed_settles_it(self):
        features = activations({'a': .05, 'b': .05})
        assert decode_models(features, 2, seed=3).equals(decode_models(features, 2, seed=3))

    @pytest.mark.parametrize(('features', 'words'), [
        ({'a': {'conv1': np.ones((9, 2))}}, 'at least two'),
        (activations({'a': 1, 'b': 1}, n_images=4), '4 images.*5 folds')])
    def test_what_cannot_be_decoded_is_refused(self, features, words):
        with pytest.raises(ValueError, match=words):
            decode_models(features)
