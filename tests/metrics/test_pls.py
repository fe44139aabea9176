"""PLS against scikit-learn's, tightened, and against NIPALS with a full SVD a component."""
import tracemalloc
import warnings
from unittest.mock import patch

import numpy as np
import pytest
from brainscore_vision.metrics.noise_corrected_pls import pls
from brainscore_vision.metrics.noise_corrected_pls.pls import fit_predict, fit_predict_many, predict_many, rotate
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cross_decomposition import PLSRegression

TOLERANCE = 1e-6
MAX_ITER = 20_000
# that of few images, of hundreds, and of thousands, whatever the size
WAYS = {'small': {'LARGE': pls.LARGE}, 'large': {'LARGE': 2}, 'many': {'MANY': 2}}
every_way = pytest.mark.parametrize('way', WAYS.values(), ids=WAYS)


def nipals(X, Y, Z, n_components, scale=False):
    """The definition: deflate by the scores of the dominant singular vector of X'Y."""
    x_mean, y_mean = X.mean(axis=0), Y.mean(axis=0)
    X, Y, Z = X - x_mean, Y - y_mean, Z - x_mean
    y_std = np.ones(Y.shape[1])
    if scale:
        x_std, y_std = X.std(axis=0, ddof=1), Y.std(axis=0, ddof=1)
        x_std[x_std == 0], y_std[y_std == 0] = 1, 1
        X, Y, Z = X / x_std, Y / y_std, Z / x_std
    prediction = np.zeros((len(Z), Y.shape[1]))
    for _ in range(n_components):
        w = np.linalg.svd(X.T @ Y, full_matrices=False)[0][:, 0]
        t, z = X @ w, Z @ w
        loading, c = X.T @ t / (t @ t), Y.T @ t / (t @ t)
        prediction += np.outer(z, c)
        X, Y, Z = X - np.outer(t, loading), Y - np.outer(t, c), Z - np.outer(z, loading)
    return prediction * y_std + y_mean


def sklearn_fit(n_components, scale=False):
    return PLSRegression(n_components, scale=scale, tol=1e-26, max_iter=MAX_ITER)


def difference(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def normal(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


@st.composite
def problems(draw):
    """Shapes, ranks, constant columns, components within the rank, scale, and a seed."""
    n, p = draw(st.integers(4, 24)), draw(st.integers(1, 40))
    q = draw(st.integers(1, 30))
    x_rank = draw(st.one_of(st.just(min(n, p)), st.integers(1, min(n, p))))
    y_rank = draw(st.one_of(st.just(min(n, q)), st.integers(1, min(n, q))))
    x_constant = draw(st.booleans()) and p > 1
    y_constant = draw(st.booleans()) and q > 1
    rank = min(x_rank, n - 1, p - x_constant)
    return dict(shape=(n, p, q), ranks=(x_rank, y_rank), constant=(x_constant, y_constant),
                n_components=draw(st.integers(1, min(rank, 6))), scale=draw(st.booleans()),
                seed=draw(st.integers(0, 2 ** 32 - 1)))


def arrays(problem, rounding=0.):
    """Training and test arrays of a problem, their factors perturbed by ``rounding``."""
    (n, p, q), (x_rank, y_rank) = problem['shape'], problem['ranks']
    rng = np.random.default_rng(problem['seed'])
    factors = [rng.standard_normal(shape) for shape in
               [(n, x_rank), (x_rank, p), (n, y_rank), (y_rank, q), (5, p)]]
    left, right, y_left, y_right, Z = [f * (1 + rounding * rng.standard_normal(f.shape))
                                       for f in factors]
    X, Y = left @ right, y_left @ y_right + 1.5
    if problem['constant'][0]:
        X[:, 0] = 2
    if problem['constant'][1]:
        Y[:, -1] = -3
    return X, Y, Z


@every_way
@settings(max_examples=120, deadline=None, derandomize=True)
@given(problem=problems())
def test_predicts_the_fixed_point_of_nipals(way, problem):
    X, Y, Z = arrays(problem)
    k, scale = problem['n_components'], problem['scale']
    expected = nipals(X, Y, Z, k, scale)
    # Where leading singular values nearly coincide the answer itself moves with rounding:
    # the tolerance is what the definition does to a relative perturbation of 1e-13.
    moved = difference(nipals(*arrays(problem, 1e-13), k, scale), expected)
    with patch.multiple(pls, **way):
        found = fit_predict(X, Y, Z, k, scale)
    assert found.shape == expected.shape
    assert difference(found, expected) <= max(TOLERANCE, 10 * moved)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problem=problems())
def test_predicts_what_tightened_scikit_learn_predicts(problem):
    X, Y, Z = arrays(problem)
    k, scale = problem['n_components'], problem['scale']
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        model = sklearn_fit(k, scale).set_params(max_iter=3000).fit(X, Y)
    if max(model.n_iter_) == 3000:  # not at its fixed point: nothing to compare with
        return
    expected = model.predict(Z)
    moved = difference(nipals(*arrays(problem, 1e-13), k, scale), nipals(X, Y, Z, k, scale))
    assert difference(fit_predict(X, Y, Z, k, scale), expected) <= max(TOLERANCE, 10 * moved)


@every_way
@pytest.mark.parametrize('scale', [False, True])
@pytest.mark.parametrize(('n', 'p', 'q', 'k'), [
    (59, 400, 170, 25), (59, 400, 35, 25), (80, 12, 5, 12), (59, 400, 1, 10),
    (300, 400, 7, 10), (300, 400, 350, 10), (400, 300, 20, 10)])
def test_agrees_with_scikit_learn_at_the_shapes_of_the_study(n, p, q, k, scale, way):
    latent, to_x, to_y, noise_x, noise_y = normal((n + 30, 8), (8, p), (8, q),
                                                  (n + 30, p), (n, q))
    X = latent @ to_x + noise_x
    Y = latent[:n] @ to_y + noise_y
    model = sklearn_fit(k, scale).fit(X[:n], Y)
    assert max(model.n_iter_) < MAX_ITER
    expected = model.predict(X[n:])
    with patch.multiple(pls, **way):
        assert difference(fit_predict(X[:n], Y, X[n:], k, scale), expected) <= TOLERANCE


@every_way
def test_keeps_its_digits_when_the_singular_values_fall_by_orders_of_magnitude(way):
    X, Z, noise = normal((40, 60), (10, 60), (40, 50))
    X -= X.mean(axis=0)
    # One component explains all but the noise: what is left is 1e-7 of what there was.
    Y = np.linalg.svd(X)[0][:, :1] @ np.ones((1, 50)) + 1e-7 * noise
    with patch.multiple(pls, **way):
        found = fit_predict(X, Y, Z, 12)
    expected = nipals(X, Y, Z, 12)
    spread = np.ptp(expected, axis=1)  # the small part alone, which the large part hides
    np.testing.assert_allclose(np.ptp(found, axis=1), spread, rtol=1e-6)
    assert difference(found, expected) <= 1e-9


@every_way
def test_a_small_gap_between_singular_values_is_resolved(way):
    # Two orthogonal directions whose covariances with Y differ by one part in 1e4.
    U = np.linalg.qr(np.column_stack([np.ones(20), normal((20, 12))[0]]))[0][:, 1:]
    X = U @ np.diag(np.linspace(2, 1, 12))
    Y = U[:, :2] @ np.diag([1, (1 + 1e-4) * X[:, 0].std() / X[:, 1].std()])
    Z = normal((6, 12), seed=1)[0]
    with patch.multiple(pls, **way):
        assert difference(fit_predict(X, Y, Z, 1), nipals(X, Y, Z, 1)) <= TOLERANCE


@pytest.mark.parametrize('scale', [False, True])
def test_many_fits_equal_single_fits(scale):
    X, Z = normal((30, 50), (10, 50))
    widths = [1, 20, 3, 80] + [7] * pls.BATCH
    Ys = normal(*[(30, q) for q in widths], seed=1)
    predictions = fit_predict_many(X, Ys, Z, 8, scale)
    assert [P.shape for P in predictions] == [(10, q) for q in widths]
    for Y, P in zip(Ys, predictions):
        np.testing.assert_allclose(P, fit_predict(X, Y, Z, 8, scale), rtol=1e-9, atol=1e-10)
    for P, Q in zip(predictions, predict_many(rotate(X, Z, scale), Ys, 8)):
        np.testing.assert_array_equal(P, Q)


@pytest.mark.parametrize(('n', 'p'), [(20, 60), (60, 20), (300, 320), (320, 300)])
@pytest.mark.parametrize('scale', [False, True])
def test_rotation_keeps_scikit_learns_predictions(n, p, scale):
    X, Y, Z = normal((n, p), (n, 3), (9, p))
    rotation = rotate(X, Z, scale)
    assert rotation.train.shape[1] <= min(n - 1, p)
    basis = np.eye(n) if rotation.basis is None else rotation.basis
    if scale:
        Y = Y / Y.std(axis=0, ddof=1)
    rotated = sklearn_fit(5).fit(basis @ rotation.train, Y).predict(rotation.test)
    assert difference(rotated, sklearn_fit(5, scale).fit(X, Y).predict(Z)) <= 1e-8


def test_exhausted_responses_stop_with_a_warning_as_in_scikit_learn():
    X, Y, Z = normal((10, 20), (10, 3), (5, 20))
    with pytest.warns(UserWarning, match='y residual is constant'):
        expected = sklearn_fit(15).fit(X, Y).predict(Z)
    with pytest.warns(UserWarning, match='residual of X or Y is constant'):
        found = fit_predict(X, Y, Z, 15)
    assert difference(found, expected) <= TOLERANCE


@every_way
def test_exhausted_features_stop_at_their_rank(way):
    left, right, Y, Z = normal((30, 3), (3, 8), (30, 4), (5, 8))
    X = left @ right
    with patch.multiple(pls, **way), pytest.warns(UserWarning, match='residual of X or Y'):
        found = fit_predict(X, Y, Z, 6)
    assert difference(found, nipals(X, Y, Z, 3)) <= TOLERANCE


@every_way
def test_constant_responses_are_predicted_exactly(way):
    X, Z = normal((10, 6), (4, 6))
    with patch.multiple(pls, **way), pytest.warns(UserWarning, match='residual'):
        found = fit_predict(X, np.full((10, 2), 3.), Z, 2, scale=True)
    np.testing.assert_array_equal(found, np.full((4, 2), 3.))


@every_way
@pytest.mark.parametrize('scale', [False, True])
def test_constant_features_predict_the_mean(scale, way):
    Y = normal((10, 3))[0]
    with patch.multiple(pls, **way), pytest.warns(UserWarning, match='residual'):
        found = fit_predict(np.full((10, 14), .1), Y, np.zeros((5, 14)), 2, scale)
    np.testing.assert_allclose(found, np.tile(Y.mean(axis=0), (5, 1)))


def test_a_constant_column_that_rounds_is_not_amplified_by_scale():
    X, Y, Z = normal((10, 6), (10, 3), (4, 6))
    with_constant = np.column_stack([X, np.full(10, .1)])
    Z_constant = np.column_stack([Z, np.full(4, .1)])
    np.testing.assert_allclose(fit_predict(with_constant, Y, Z_constant, 3, True),
                               fit_predict(X, Y, Z, 3, True), rtol=1e-9)


@pytest.mark.parametrize('k', [0, 7])
def test_components_beyond_the_features_are_an_error(k):
    X, Y, Z = normal((10, 6), (10, 3), (4, 6))
    with pytest.raises(ValueError, match=f'n_components is {k}.*6'):
        fit_predict(X, Y, Z, k)


@every_way
@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(('which', 'name'), [(0, 'X_train'), (1, 'Y_train'), (2, 'X_test')])
def test_a_non_finite_entry_is_named_with_its_index(which, name, bad, way):
    data = normal((10, 12), (10, 3), (4, 12))
    data[which][2, 1] = data[which][3, 0] = bad
    with patch.multiple(pls, **way), pytest.raises(ValueError, match=rf'{name}\[2, 1\] is {bad}'):
        fit_predict(*data, 2)


def test_a_non_finite_response_among_many_is_named():
    X, Y, Z = normal((10, 6), (10, 3), (4, 6))
    bad = Y.copy()
    bad[4, 2] = np.nan
    with pytest.raises(ValueError, match=r'Ys\[1\]\[4, 2\] is nan'):
        fit_predict_many(X, [Y, bad], Z, 2)


def test_finite_entries_whose_sum_overflows_are_accepted():
    X, Y, Z = normal((10, 6), (10, 3), (4, 6))
    Z[:, 0] = 1e308
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        assert fit_predict(X, Y, Z, 2).shape == (4, 3)


@pytest.mark.parametrize(('shapes', 'message'), [
    (((10, 6), (9, 3), (4, 6)), 'Y_train has 9 images'),
    (((10, 6), (10, 3), (4, 5)), 'X_test has 5 features'),
    (((1, 6), (1, 3), (4, 6)), 'at least 2'),
    (((10, 6), (10,), (4, 6)), 'Y_train must be a real matrix')])
def test_mismatched_arrays_are_errors(shapes, message):
    with pytest.raises(ValueError, match=message):
        fit_predict(*normal(*shapes), 2)


def test_inputs_are_left_alone_and_any_real_type_serves():
    X, Y, Z = (np.round(10 * a) for a in normal((12, 6), (12, 3), (4, 6)))
    before = X.copy(), Y.copy(), Z.copy()
    expected = fit_predict(X, Y, Z, 3, True)
    for a, b in zip((X, Y, Z), before):
        np.testing.assert_array_equal(a, b)
    for kind in (np.float32, np.int16):
        found = fit_predict(X.astype(kind), Y.astype(kind), Z.astype(kind), 3, True)
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_large_fits_never_hold_a_matrix_of_features_by_targets():
    X, Y, Z = normal((300, 4000), (300, 4000), (20, 4000))
    coefficients = 8 * 4000 * 4000
    tracemalloc.start()
    fit_predict(X, Y, Z, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < coefficients / 4


@every_way
@pytest.mark.parametrize('n_images', [60, 300])
def test_weak_directions_are_kept_where_the_squared_condition_bites(n_images, way):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(n_images + 20, 400)), rng.normal(size=(n_images + 20, 3))
    X[:, 0] *= 1e6
    Y += X[:, 1:3] @ rng.normal(size=(2, 3))
    with patch.multiple(pls, **way):
        found = fit_predict(X[:n_images], Y[:n_images], X[n_images:], 5)
    expected = nipals(X[:n_images], Y[:n_images], X[n_images:], 5)
    assert np.abs(found - expected).max() < 1e-7 * expected.std()  # 2e-4 by the Gram matrix alone


@every_way
@pytest.mark.parametrize(('n', 'rank'), [(60, 60), (300, 340)])
def test_responses_that_follow_weak_features_are_predicted(n, rank, way):
    rng = np.random.default_rng(0)
    latents, axes = rng.normal(size=(n + 20, rank)), np.linalg.qr(rng.normal(size=(400, rank)))[0]
    X = latents * np.r_[np.ones(10), np.full(rank - 10, 1e-6)] @ axes.T
    Y = latents[:, :25] @ rng.normal(size=(25, 3))
    with patch.multiple(pls, **way):
        found = fit_predict(X[:n], Y[:n], X[n:], 30)
    expected = nipals(X[:n], Y[:n], X[n:], 30)
    assert np.abs(found - expected).max() < 1e-6 * expected.std()


@every_way
@pytest.mark.parametrize(('of_features', 'of_responses'), [(1e200, 1), (1e-200, 1), (1, 1e200), (1, 1e-200)])
@pytest.mark.parametrize('scale', [False, True])
def test_numbers_of_extreme_size_change_nothing(of_features, of_responses, scale, way):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 40)), rng.normal(size=(30, 3))
    expected = fit_predict(X[:20], Y[:20], X[20:], 3, scale)
    with patch.multiple(pls, **way):
        found = fit_predict(X[:20] * of_features, Y[:20] * of_responses, X[20:] * of_features, 3, scale)
    assert found / of_responses == pytest.approx(expected, rel=1e-7)


def test_a_device_of_pytorch_predicts_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(320, 400)), rng.normal(size=(320, 30))
    expected = fit_predict(X[:300], Y[:300], X[300:], 4)
    monkeypatch.setenv('BRAINSCORE_MOUSE_DEVICE', 'cpu')
    assert fit_predict(X[:300], Y[:300], X[300:], 4) == pytest.approx(expected, abs=1e-9)
