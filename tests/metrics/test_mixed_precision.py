"""Large fits of PLS: single precision, refined, is as good as double, or says that it is not."""
from unittest.mock import patch

import numpy as np
import pytest
from brainscore_vision.metrics.noise_corrected_pls import mixed_precision, pls
from hypothesis import given, settings
from hypothesis import strategies as st


def data(n=300, p=500, q=200, seed=0):
    """Features whose spectrum falls, responses that are linear in them, half noise, and features of other images."""
    rng = np.random.default_rng(seed)
    latents = rng.standard_normal((n + 20, 60)) * np.arange(1, 61) ** -.5
    X = np.maximum(latents @ rng.standard_normal((60, p)) + .5 * rng.standard_normal((n + 20, p)), 0)
    Y = latents[:n] @ rng.standard_normal((60, q)) + rng.standard_normal((n, q))
    return X[:n], Y, X[n:]


def by_double_precision(X, Y, Z, k):
    return pls.predict_many(pls.rotate(X, Z), [Y], k)[0]


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_predicts_what_double_precision_does(dtype):
    X, Y, Z = (array.astype(dtype) for array in data())
    found, expected = mixed_precision.fit_predict(X, Y, Z, 20), by_double_precision(X, Y, Z, 20)
    assert np.abs(found - expected).max() < 1e-6 * expected.std()


def test_it_is_refining_that_does_it():
    X, Y, Z = data()
    expected = by_double_precision(X, Y, Z, 20)
    with patch.object(mixed_precision, 'CONVERGED', np.inf):
        rough = mixed_precision.fit_predict(X, Y, Z, 20)
    assert 1e-6 < np.abs(rough - expected).max() / expected.std() < 1e-2


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2 ** 32 - 1), n=st.integers(12, 60), k=st.integers(1, 6), size=st.integers(-6, 6),
       mean=st.sampled_from([0, 1, 1e3, 1e6]))
def test_what_it_returns_is_right_whatever_it_is_given(seed, n, k, size, mean):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n + 5, 80)) * np.logspace(0, size, 80)
    Y = X[:n, rng.integers(0, 80, 9)] @ rng.standard_normal((9, 7)) + rng.standard_normal((n, 7))
    X += mean
    found = mixed_precision.fit_predict(X[:n], Y, X[n:], k)
    if found is not None:
        expected = by_double_precision(X[:n], Y, X[n:], k)
        assert np.abs(found - expected).max() < 1e-6 * expected.std()


def test_says_where_single_precision_does_not_do():
    X, Y, Z = data(60, 100, 8)
    weak, few = X * np.r_[1e9, np.ones(99)], X[:, :3] @ np.ones((3, 100))
    constant, holed, huge = np.ones_like(Y), X.copy(), X * 1e200
    holed[3, 4] = np.nan
    for features, responses in ((weak, Y), (few, Y), (X, constant), (holed, Y), (huge, Y)):
        assert mixed_precision.fit_predict(features, responses, Z, 5) is None


def test_such_fits_are_made_in_double_precision():
    X, Y, Z = data(60, 100, 8)
    X = X * np.r_[1e9, np.ones(99)]
    with patch.object(pls, 'MANY', 2):
        found = pls.fit_predict(X, Y, Z, 5)
    np.testing.assert_array_equal(found, by_double_precision(X, Y, Z, 5))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2 ** 32 - 1), n=st.integers(3, 40), k=st.integers(1, 3))
def test_a_rough_matrix_is_exact_where_it_was_told(seed, n, k):
    rng = np.random.default_rng(seed)
    exact = rng.standard_normal((n, n))
    exact = exact + exact.T
    rough = mixed_precision.RoughMatrix(np.asfortranarray(exact, np.float32))
    vectors, other = rng.standard_normal((n, k)), rng.standard_normal(n)
    rough.be_exact(vectors, exact @ vectors)
    for x in vectors.T:
        np.testing.assert_allclose(rough @ x, exact @ x, atol=1e-9 * np.abs(exact).sum() * np.abs(x).max())
    np.testing.assert_allclose(rough @ other, exact @ other, atol=1e-5 * np.abs(exact).sum())
    expected = other @ (exact @ vectors[:, 0])  # its symmetry is exact, too
    assert vectors[:, 0] @ (rough @ other) == pytest.approx(expected, abs=1e-9 * np.abs(exact).sum())
