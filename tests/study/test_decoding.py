"""Models are told apart where they respond differently, and not by the image."""
import numpy as np
import pytest
from fabricated.activations import activations

from study.decoding import decode_models, summarise_decoding


def test_models_of_different_answers_are_told_apart():
    table = decode_models(activations({'a': 1, 'b': 1, 'c': 1}), n_permutations=5)
    assert set(table.fold) == {0, 1, 2, 3, 4}
    summary = summarise_decoding(table).iloc[0]
    assert summary.accuracy == summary.precision == summary.recall == 1
    assert summary.null_high < .6
    assert summary.p == pytest.approx(1 / 6)
    assert summary.chance == pytest.approx(1 / 3)


def test_models_that_answer_alike_are_not():
    summary = summarise_decoding(decode_models(activations({'a': 0, 'b': 0}), n_permutations=5)).iloc[0]
    assert summary.accuracy == pytest.approx(.5, abs=.2)
    assert summary.p > .1


def test_an_image_is_never_in_training_and_test_at_once():
    # two models whose responses to an image are all but the same, and tell its number: told apart by the image
    # if it is in both, in the wrong way since its other activation has the other label
    seen = np.random.default_rng(0).standard_normal((40, 200)) * 100
    features = {'a': {'conv1': seen}, 'b': {'conv1': seen + 1e-3}}
    accuracy = summarise_decoding(decode_models(features, n_permutations=0)).accuracy.item()
    assert accuracy == pytest.approx(.5, abs=.15)


def test_the_seed_settles_it():
    features = activations({'a': .05, 'b': .05})
    assert decode_models(features, 2, seed=3).equals(decode_models(features, 2, seed=3))


@pytest.mark.parametrize(('features', 'words'), [
    ({'a': {'conv1': np.ones((9, 2))}}, 'at least two'),
    (activations({'a': 1, 'b': 1}, n_images=4), '4 images.*5 folds')])
def test_what_cannot_be_decoded_is_refused(features, words):
    with pytest.raises(ValueError, match=words):
        decode_models(features)
