r"""Partial least squares at the fixed point of NIPALS, for many fits that share features.

`fit_predict` is one fit; `fit_predict_many` shares one pair of feature matrices between
many response matrices; `rotate` and `predict_many` split that call in two, so that a
caller with thousands of responses pays for the features once.

The model
---------
``X`` (n, p) and ``Y`` (n, q) are centred (and, with ``scale``, divided by their standard
deviations). PLS2 [1]_ extracts components one at a time::

    w = dominant left singular vector of X'Y          (p,)
    t = X w                                           (n,)
    l = X't / t't,   c = Y't / t't                    (p,), (q,)
    X <- X - t l',   Y <- Y - t c'

and predicts a test image by the same deflation, ``y = mean + sum_k t_test[k] c[k]``.
NIPALS finds ``w`` by a power iteration, stopped at a tolerance; here each ``w`` is
converged, which is where the power iteration would end [2]_.

Why it is fast
--------------
*Rotation.* Every ``w`` lies in the row space of the centred ``X = U S V'``. Replacing
``X`` by ``X V`` (n x r, r <= n - 1) turns ``w`` into ``V'w`` and changes no score, hence
no prediction. Thousands of features become at most n - 1 components, once per split, and
likewise ``Y`` may be replaced by ``U'Y``.

*Gram matrix.* ``w`` is the dominant eigenvector of ``A = X'Y Y'X`` (r x r) [3]_, so the
number of targets matters twice only: to form ``A``, and to predict. With ``A w = a w``,
deflating ``X`` replaces ``A`` by ``(I - l w') A (I - w l')``. That matrix annihilates
``w``; on the orthogonal complement of ``w``, with orthonormal basis ``E`` (r x (r-1)),
it is ::

    E'A E + a d d',     d = E'l

so a Householder reflection that carries ``w`` to a coordinate axis lets the problem
shrink by one dimension a component, and LAPACK finds the one eigenvector that matters.

*Large r.* Above a few hundred dimensions a full factorisation a component is wasteful.
Rayleigh-Ritz on a subspace that is grown by residuals (Davidson's method without a
preconditioner [4]_) needs only products with ``A``, and the update of ``A`` above applies
to the subspace too, so each component starts from the leading eigenvectors left over
by the last. The p x q coefficient matrix is never formed.

*Thousands of images.* One fit to them is nearly all ``X X'`` and ``Y Y'``. `fit_predict` forms them in single precision
and makes up for it, see `mixed_precision`; where that cannot be done to 1e-7, double precision does it.

Threads
-------
The matrices of a small fit are too small to share between cores, and a threaded BLAS spends
more on waiting than it gains (tenfold and worse on a busy machine): run one single-threaded
process a core instead. Large fits use the threads of BLAS well.

Where the environment names a device of PyTorch by ``BRAINSCORE_MOUSE_DEVICE``, such as
'cuda', the Gram matrices, which are most of a large fit, are formed there, in float64.

Precision
---------
``X X'`` holds the squares of X's singular values, and rounding in it hides directions
weaker than some 1e-8 of the strongest. Where it has such weak directions it is not used: an
orthogonal factorisation of ``X`` itself keeps what scikit-learn would find in them.
Features and responses of extreme size are scaled by a power of two, which is exact.
Rounding in ``A`` is relative to its largest eigenvalue when it was formed, and ``A``
holds the squares of the singular values; ``A`` is therefore formed anew from the deflated
``X`` and ``Y`` whenever its largest eigenvalue has fallen by a factor of 1e4. Where
products with ``A`` leave an eigenvector uncertain by more than 1e-7, as where responses
follow weak directions, ``A`` is factorised, however large.
Where the two leading singular values coincide, ``w`` is any vector of a plane: the
predictions are then arbitrary here and in scikit-learn alike, and where they nearly
coincide both lose digits in proportion.

References
----------
.. [1] Wold, Sjostrom & Eriksson (2001). Chemom. Intell. Lab. Syst. 58, 109-130.
.. [2] Hoskuldsson (1988). J. Chemom. 2, 211-228.
.. [3] Rannar, Lindgren, Geladi & Wold (1994). J. Chemom. 8, 111-125.
.. [4] Davidson (1975). J. Comput. Phys. 17, 87-94.
"""
import dataclasses
import os
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from scipy.linalg import blas, lapack, qr, solve_triangular, svd

from . import mixed_precision

MANY = 1500  # images from which Gram matrices in single precision pay
MOST_REFINED = 40  # components that are found in single precision first
DEVICE = 'BRAINSCORE_MOUSE_DEVICE'  # variable that names a device of PyTorch
LARGE = 256  # components above which products with A beat its factorisation
BATCH = 64  # fits carried together: amortises numpy's overhead, stays in cache
STALE = 1e-4  # fall of the largest eigenvalue after which A is formed anew
EXHAUSTED = 64 * np.finfo(float).eps  # |X'Y| relative to |X||Y| that is rounding error
CONVERGED = 1e-10  # angle, in radians, that bounds the error of w for large r
RESOLVED = 1e-7  # the same where rounding allows no less; beyond, all of A is factorised
RESTARTS = 10  # of Davidson's method, at most
SUBSPACE = 64  # most vectors Davidson's method holds
WEAK = 1e-7  # share of a squared singular value in the largest, below which X X' is too coarse
EXTREME = 300  # binary exponent beyond which squares come near the limits of float64
COLUMNS = 1024  # columns centred at a time, so that no centred copy is made


@dataclasses.dataclass(frozen=True)
class Rotation:
    """Features of one split in the coordinates of their training images; see `rotate`.

    With ``X`` the centred (scaled) training features, ``X V = basis @ train`` and
    ``test`` is the test features times ``V``, for some orthonormal ``V``.

    Attributes
    ----------
    basis : ndarray of shape (n_train, s) or None
        Orthonormal columns that span the training scores; None is the identity.
    train : ndarray of shape (s, r)
        Training components in that basis.
    test : ndarray of shape (n_test, r)
        Test components.
    n_train, n_features : int
        Shape of the features it was made of.
    scale : bool
        Whether columns were, and those of ``Y`` are to be, divided by their standard
        deviations.
    """

    basis: np.ndarray | None
    train: np.ndarray
    test: np.ndarray
    n_train: int
    n_features: int
    scale: bool


def fit_predict(X_train: np.ndarray, Y_train: np.ndarray, X_test: np.ndarray, n_components: int = 25,
                scale: bool = False) -> np.ndarray:
    r"""Fit PLS2 and predict the test images.

    .. math::

        w_k = \arg\max_{\|w\|=1} \|Y_k^\top X_k w\|, \quad t_k = X_k w_k, \quad
        X_{k+1} = (I - P_{t_k}) X_k, \quad Y_{k+1} = (I - P_{t_k}) Y_k,

        \hat Y = \bar y + \sum_k t^{\text{test}}_k \, t_k^\top Y / t_k^\top t_k .

    This is what ``sklearn.cross_decomposition.PLSRegression(n_components, scale=scale,
    tol=0, max_iter=inf)`` predicts [1]_ [2]_.

    Parameters
    ----------
    X_train : array of shape (n_train, n_features)
    Y_train : array of shape (n_train, n_targets)
    X_test : array of shape (n_test, n_features)
    n_components : int
        At least 1 and at most n_features.
    scale : bool
        Divide the columns of X and Y by their standard deviations (n - 1 degrees of
        freedom; 1 where a column is constant). Predictions are in the units of Y.

    Returns
    -------
    ndarray of shape (n_test, n_targets), float64

    Raises
    ------
    ValueError
        An array that is not a matrix, is not finite (the message names the array and
        the first bad index) or does not match the others; fewer than two training
        images; n_components out of range.

    Warns
    -----
    UserWarning
        The components ran out: the residual of X or Y vanished before n_components.

    Notes
    -----
    Above the rank scikit-learn does one of three things. Where Y is fitted exactly it
    stops and warns; so does this function. Where X is exhausted and Y is not, it goes on
    to divide rounding error by rounding error (predictions of order 1e15), and where X is
    constant it fails on a NaN; this function stops and warns there too, with the
    components found. Its test for a vanished residual is absolute (machine epsilon);
    this one is relative to the size of X and Y.

    References
    ----------
    .. [1] Wold, Sjostrom & Eriksson (2001). Chemom. Intell. Lab. Syst. 58, 109-130.
    .. [2] Hoskuldsson (1988). J. Chemom. 2, 211-228.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X, Y = rng.normal(size=(20, 50)), rng.normal(size=(20, 3))
    >>> fit_predict(X[:15], Y[:15], X[15:], n_components=5).shape
    (5, 3)
    """
    if not scale and _are_many(X_train, Y_train, X_test, n_components):
        refined = mixed_precision.fit_predict(X_train, Y_train, _matrix('X_test', X_test), n_components)
        if refined is not None:
            return refined
    rotation = rotate(X_train, X_test, scale)
    Y_train = _matrix('Y_train', Y_train)
    return _predict(rotation, [Y_train], ['Y_train'], n_components)[0]


def _are_many(X_train: np.ndarray, Y_train: np.ndarray, X_test: np.ndarray, n_components: int) -> bool:
    """Whether single precision pays, for arrays that it takes; what is wrong with others is said elsewhere."""
    arrays = X_train, Y_train, X_test
    if not all(isinstance(array, np.ndarray) and array.ndim == 2 and array.dtype.kind == 'f' for array in arrays):
        return False
    n, p = X_train.shape
    return (MANY <= n <= p and len(Y_train) == n and X_test.shape[1] == p and 1 <= n_components <= MOST_REFINED
            and DEVICE not in os.environ)


def fit_predict_many(X_train: np.ndarray, Ys: list[np.ndarray], X_test: np.ndarray, n_components: int = 25,
                     scale: bool = False) -> list[np.ndarray]:
    r"""Fit one PLS2 for each response matrix, all on the same features.

    .. math:: \hat Y_i = \mathrm{PLS}(X, Y_i)(X^{\text{test}}), \quad i = 1 \dots

    Equal to ``[fit_predict(X_train, Y, X_test, n_components, scale) for Y in Ys]``, with
    the features rotated once and the eigenvectors of many fits found together.

    Parameters
    ----------
    X_train : array of shape (n_train, n_features)
    Ys : list of arrays of shape (n_train, n_targets_i)
        The widths may differ.
    X_test : array of shape (n_test, n_features)
    n_components, scale
        As in `fit_predict`, which also states errors, warnings and sources.

    Returns
    -------
    list of ndarrays of shape (n_test, n_targets_i), float64
    """
    return predict_many(rotate(X_train, X_test, scale), Ys, n_components)


def rotate(X_train: np.ndarray, X_test: np.ndarray, scale: bool = False) -> Rotation:
    r"""Express features in the components of the training images.

    .. math:: X = U S V^\top, \qquad X \to U S, \qquad X^{\text{test}} \to X^{\text{test}} V

    with ``X`` centred (scaled). Since every weight vector of PLS lies in the row space of
    ``X``, the scores ``X w = (U S)(V'w)``, and so the predictions, are unchanged.
    When features outnumber images, ``X X' = U S^2 U'`` gives them, formed from some
    columns at a time. Where the spectrum shows directions that are too weak for that
    (`WEAK`), they are taken from ``X' = Q R`` instead, so that nothing is lost that
    scikit-learn would find.
    Beyond a few hundred components any orthonormal ``V`` that spans the row space serves
    as well, and cheaper ones are used: ``X = Q R`` when images outnumber features, else
    the pivoted Cholesky factor of ``X X' = L L'``, with ``V = X'L (L'L)^{-1}``, or again
    ``X' = Q R``.

    Parameters
    ----------
    X_train : array of shape (n_train, n_features)
    X_test : array of shape (n_test, n_features)
    scale : bool
        As in `fit_predict`, which also states the errors.

    Returns
    -------
    Rotation
        ``r`` is at most ``min(n_train - 1, n_features)``.
    """
    X_train, X_test = _matrix('X_train', X_train), _matrix('X_test', X_test)
    n, p = X_train.shape
    if n < 2:
        raise ValueError(f'X_train has {n} image(s); PLS needs at least 2')
    if X_test.shape[1] != p:
        raise ValueError(f'X_test has {X_test.shape[1]} features, X_train has {p}')
    factor = _power_of_two(X_train)
    if factor != 1:
        X_train, X_test = X_train * factor, X_test * factor
    if n < p:
        rotate_wide = _rotate_by_cholesky if n > LARGE else _rotate_by_eigenvectors
        found = rotate_wide(*_grams(X_train, X_test, scale)) or _rotate_by_qr(X_train, X_test, scale)
        basis, train, test = found
    else:
        X, mean, std = _standardise(X_train, scale)
        Z = (X_test - mean) / std
        if p <= LARGE:
            basis, train, test = _rotate_by_svd(X, Z)
        else:
            basis, train = qr(X, mode='economic', check_finite=False)
            test = Z
    return Rotation(basis, train, test, n, p, bool(scale))


def predict_many(rotation: Rotation, Ys: list[np.ndarray], n_components: int = 25) -> list[np.ndarray]:
    r"""Predict the test images of a rotation for each response matrix.

    .. math:: \hat Y_i = \mathrm{PLS}(X V, Y_i)(X^{\text{test}} V), \quad i = 1 \dots

    Parameters
    ----------
    rotation : Rotation
        From `rotate`; it carries ``scale``.
    Ys : list of arrays of shape (n_train, n_targets_i)
    n_components : int

    Returns
    -------
    list of ndarrays of shape (n_test, n_targets_i), float64
        Errors, warnings and sources are those of `fit_predict`; an offending array is
        named ``Ys[i]``.
    """
    names = [f'Ys[{i}]' for i in range(len(Ys))]
    Ys = [_matrix(name, Y) for name, Y in zip(names, Ys)]
    return _predict(rotation, Ys, names, n_components)


def predict_each(rotation: Rotation, Y: np.ndarray, n_components: int) -> np.ndarray:
    r"""Predict the test images of a rotation with 1, 2, ... components, all from one fit.

    .. math:: \hat Y_k = \bar y + \sum_{j \le k} t^{\text{test}}_j \, t_j^\top Y / t_j^\top t_j, \quad k = 1 \dots

    Parameters
    ----------
    rotation : Rotation
        Of few images or features (at most 256), unscaled.
    Y : array of shape (n_train, n_targets)
    n_components : int

    Returns
    -------
    ndarray of shape (n_components, n_test, n_targets), float64
        Where fewer components exist, those of the last one again. Errors and sources are
        those of `fit_predict`, but no warning.
    """
    Y = _matrix('Y', Y)
    if len(Y) != rotation.n_train or rotation.train.shape[1] > LARGE or rotation.scale:
        raise ValueError(f'Y has {len(Y)} images, X_train has {rotation.n_train}; the rotation has '
                         f'{rotation.train.shape[1]} components, at most {LARGE} are expected, and no scaling')
    k = min(n_components, rotation.train.shape[1])
    train, test = (scores[0] for scores in _small_scores(rotation, [_project(rotation, Y)], k))
    if rotation.basis is not None:
        train = train @ rotation.basis.T
    steps = np.zeros((n_components, test.shape[1], Y.shape[1]))
    steps[:k] = test[:, :, None] * (train @ (Y - Y.mean(axis=0)))[:, None, :]
    return steps.cumsum(axis=0) + Y.mean(axis=0)


def _predict(rotation: Rotation, Ys: list[np.ndarray], names: list[str], n_components: int) -> list[np.ndarray]:
    if not 1 <= n_components <= rotation.n_features:
        raise ValueError(f'n_components is {n_components}; it must be at least 1 and at '
                         f'most the number of features, {rotation.n_features}')
    for name, Y in zip(names, Ys):
        if len(Y) != rotation.n_train:
            raise ValueError(f'{name} has {len(Y)} images, X_train has {rotation.n_train}')
    factors = [_power_of_two(Y) for Y in Ys]
    Ys = [Y if factor == 1 else Y * factor for Y, factor in zip(Ys, factors)]
    # More components than r leave nothing of X: they would be found exhausted one by one.
    k = min(n_components, rotation.train.shape[1])
    if rotation.train.shape[1] > LARGE:
        scores, predictions = [], []
        for Y in Ys:
            try:
                scores.append(_large_scores(rotation, Y, k))
            except Unresolved:
                rotation = _by_singular_vectors(rotation)
                scores.append([array[0] for array in _small_scores(rotation, [_project(rotation, Y)], k)])
            predictions.append(_combine(rotation, Y, *scores[-1]))
    else:
        scores, predictions = [], []
        for start in range(0, len(Ys), BATCH):
            batch = Ys[start:start + BATCH]
            projected = [_project(rotation, Y) for Y in batch]
            for Y, *s in zip(batch, *_small_scores(rotation, projected, k)):
                predictions.append(_combine(rotation, Y, *s))
                scores.append(s)
    short = sum(int(np.count_nonzero(s[0].any(axis=1)) < n_components) for s in scores)
    if short:
        warnings.warn(f'the residual of X or Y is constant before component {n_components} '
                      f'in {short} of {len(Ys)} fits, which use the components found', stacklevel=2)
    return [prediction / factor for prediction, factor in zip(predictions, factors)]


def _matrix(name: str, array: np.ndarray) -> np.ndarray:
    """The array, checked to be a finite matrix."""
    array = np.asarray(array)
    if array.ndim != 2 or array.dtype.kind not in 'fiub':
        raise ValueError(f'{name} must be a real matrix; it has shape {array.shape} and '
                         f'type {array.dtype}')
    # A sum is non-finite where any term is, and needs no mask as large as the array.
    with np.errstate(all='ignore'):
        total = array.sum(dtype=float)
    if not np.isfinite(total) and not (ok := np.isfinite(array)).all():
        index = tuple(int(i) for i in np.argwhere(~ok)[0])
        raise ValueError(f'{name} is not finite: {name}[{index[0]}, {index[1]}] is '
                         f'{array[index]}')
    return array


def _standardise(X: np.ndarray, scale: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centred (scaled) columns, their means, and the divisors."""
    X = np.array(X, dtype=float)
    constant = (X == X[0]).all(axis=0)
    # The computed mean of equal numbers may be off by rounding, which 1/std would amplify.
    mean = np.where(constant, X[0], X.mean(axis=0))
    X -= mean
    std = np.ones_like(mean)
    if scale:
        std = np.sqrt((X * X).sum(axis=0) / (len(X) - 1))
        std[std == 0] = 1
        X /= std
    return X, mean, std


def _blocks(Y: np.ndarray, scale: bool) -> Iterator[tuple]:
    """Slices of columns with what `_standardise` makes of each."""
    for start in range(0, Y.shape[1], COLUMNS):
        block = slice(start, start + COLUMNS)
        yield block, *_standardise(Y[:, block], scale)


def _power_of_two(X: np.ndarray) -> float:
    """What brings entries of extreme size near 1 without rounding; 1 for others."""
    exponent = int(np.frexp(max(X.max(initial=0), -float(X.min(initial=0))))[1])
    return 2. ** -exponent if abs(exponent) > EXTREME else 1.


def _rotate_by_svd(X: np.ndarray, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Components by ``X = U S V'``."""
    U, S, Vt = svd(X, full_matrices=False, check_finite=False)
    # Centring leaves a null direction, which rounding makes tiny and is not kept.
    kept = S > S[0] * max(X.shape) * np.finfo(float).eps
    return U[:, kept], np.diag(S[kept]), Z @ Vt[kept].T


def _grams(X_train: np.ndarray, X_test: np.ndarray, scale: bool) -> tuple[np.ndarray, np.ndarray]:
    """``X X'``, its lower triangle, and ``Z X'``, from some columns at a time."""
    n = len(X_train)
    gram, cross = _SymmetricProduct(n), np.zeros((len(X_test), n))
    for block, X, mean, std in _blocks(X_train, scale):
        gram.add(X)
        cross += (X_test[:, block] - mean) / std @ X.T
    return gram.value(), cross


def _rotate_by_eigenvectors(gram: np.ndarray, cross: np.ndarray) -> tuple | None:
    """Components by ``X X' = U S^2 U'``; None where its spectrum is too wide for it."""
    values, U = np.linalg.eigh(gram)
    if not values[-1] > 0:  # constant features
        return U[:, :0], np.zeros((0, 0)), cross[:, :0]
    if len(values) > 1 and values[1] < WEAK * values[-1]:  # the first is the null direction of centring
        return None
    S = np.sqrt(values[1:])
    return U[:, 1:], np.diag(S), cross @ (U[:, 1:] / S)


def _rotate_by_cholesky(gram: np.ndarray, cross: np.ndarray) -> tuple | None:
    """Components by ``X X' = L L'``, pivoted since centring makes it singular; None as above."""
    n, largest = len(gram), gram.diagonal().max()
    rounding = 10 * n * np.finfo(float).eps * largest
    factor, pivots, rank, _ = lapack.dpstrf(gram, tol=rounding, lower=1, overwrite_a=1)
    if rank < n - 1 or factor[n - 2, n - 2] ** 2 < WEAK * largest:
        return None
    pivots -= 1
    train = factor[np.argsort(pivots), :rank]
    test = solve_triangular(factor[:rank, :rank], cross[:, pivots[:rank]].T, lower=True)
    return None, train, test.T


def _rotate_by_qr(X_train: np.ndarray, X_test: np.ndarray, scale: bool) -> tuple:
    """Components by ``X' = Q R``, as precise as X itself."""
    X, mean, std = _standardise(X_train, scale)
    Q, R = qr(X.T, mode='economic', check_finite=False, overwrite_a=True)
    Z = (X_test - mean) / std @ Q
    if len(X) <= LARGE:
        return _rotate_by_svd(R.T, Z)
    size = np.abs(R.diagonal())
    rank = int(np.flatnonzero(size > size.max() * len(X) * np.finfo(float).eps)[-1]) + 1 if size.any() else 0
    return None, R.T[:, :rank], Z[:, :rank]


class _SymmetricProduct:
    """The lower triangle of the sum of ``X X'``, by BLAS or on a device of PyTorch."""

    def __init__(self, n: int):
        device = os.getenv(DEVICE)
        self._sum = np.zeros((n, n), order='F')
        if device:
            import torch
            self._sum = torch.from_numpy(self._sum).to(device)

    def add(self, X: np.ndarray) -> None:
        if isinstance(self._sum, np.ndarray):
            self._sum = blas.dsyrk(1., X.T, beta=1., c=self._sum, trans=1, lower=1, overwrite_c=1)
        else:
            X = self._sum.new_tensor(X)
            self._sum.addmm_(X, X.T)

    def value(self) -> np.ndarray:
        if isinstance(self._sum, np.ndarray):
            return self._sum
        return np.asfortranarray(np.tril(self._sum.cpu().numpy()))  # LAPACK leaves what is above in its factor


def _project(rotation: Rotation, Y: np.ndarray) -> np.ndarray:
    """Y (s, q) in the basis of the rotation, centred (scaled)."""
    Y = _standardise(Y, rotation.scale)[0]
    return Y if rotation.basis is None else rotation.basis.T @ Y


def _combine(rotation: Rotation, Y: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Predictions from unit training scores (k, s) and test scores (k, n_test)."""
    scores = train if rotation.basis is None else train @ rotation.basis.T
    prediction = np.empty((test.shape[1], Y.shape[1]))
    for block, centred, mean, std in _blocks(Y, rotation.scale):
        prediction[:, block] = test.T @ (scores @ centred) * std + mean
    return prediction


def _small_scores(rotation: Rotation, Ys: list[np.ndarray], k: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of every fit: train (fits, k, s) of unit norm, test (fits, k, n_test).

    Components that do not exist are left zero.
    """
    s = len(rotation.train)
    X = np.repeat(np.vstack([rotation.train, rotation.test])[None], len(Ys), axis=0)
    train, test = np.zeros((len(Ys), k, s)), np.zeros((len(Ys), k, len(rotation.test)))
    if k == 0:  # constant features
        return train, test
    noise = np.array([EXHAUSTED * np.linalg.norm(rotation.train) * np.linalg.norm(Y)
                      for Y in Ys]) ** 2
    A = np.stack([_gram(X[0, :s], Y) for Y in Ys])
    value, w = _leading(A)
    formed, alive = value.copy(), np.ones(len(Ys), bool)
    for j in range(k):
        for i in np.flatnonzero(alive & (value < STALE * formed)):
            A[i] = _gram(X[i, :s], Ys[i] - train[i].T @ (train[i] @ Ys[i]))
            value[i:i + 1], w[i:i + 1] = _leading(A[i:i + 1])
            formed[i] = value[i]
        alive &= value > noise
        if not alive.any():
            break
        scores = np.matmul(X, w[:, :, None])[:, :, 0]
        norm = np.where(alive, np.linalg.norm(scores[:, :s], axis=1), np.inf)[:, None]
        train[:, j], test[:, j] = scores[:, :s] / norm, scores[:, s:] / norm
        if j + 1 < k:
            loading = np.matmul(train[:, j, None], X[:, :s])[:, 0] / norm
            X, A = _deflate(X, A, w, value, scores, loading)
            value, w = _leading(A)
    return train, test


def _gram(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """``A = X'Y Y'X``."""
    M = X.T @ Y
    return M @ M.T


def _leading(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest eigenvalue (fits,) and its unit eigenvector (fits, r) of each ``A``."""
    value, w = np.empty(len(A)), np.empty(A.shape[:2])
    r = A.shape[1]
    for i, a in enumerate(A):
        # The transpose of a symmetric matrix is itself, in LAPACK's memory order.
        values, vectors, *_ = lapack.dsyevr(a.T, range='I', il=r, iu=r)
        value[i], w[i] = values[0], vectors[:, 0]
    return value, w


def _deflate(X: np.ndarray, A: np.ndarray, w: np.ndarray, value: np.ndarray, scores: np.ndarray,
             loading: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Remove a component and the axis of its weights, for every fit.

    With the Householder reflection ``H = I - b u u'`` that takes ``w`` to an axis and
    ``E`` its other columns, ``X <- (X - t l') E`` and ``A <- E'A E + a d d', d = E'l``.
    """
    sign = np.where(w[:, :1] < 0, -1., 1.)
    u = w.copy()
    u[:, :1] += sign
    b = 1 / (1 + np.abs(w[:, :1]))
    tail = u[:, 1:]
    d = loading[:, 1:] - b * _dots(u, loading) * tail
    Xu = scores + sign * X[:, :, 0]
    X = X[:, :, 1:] - np.matmul(np.stack([scores, b * Xu], 2), np.stack([d, tail], 1))
    Au = np.matmul(A, u[:, :, None])[:, :, 0]
    g = b * Au[:, 1:] - b * b / 2 * _dots(u, Au) * tail
    A = A[:, 1:, 1:] - np.matmul(np.stack([tail, g, -value[:, None] * d], 2),
                                 np.stack([g, tail, d], 1))
    return X, A


def _dots(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.einsum('ij,ij->i', x, y)[:, None]


class Unresolved(ArithmeticError):
    """Products with ``A`` do not tell which vector is its leading eigenvector."""


def _by_singular_vectors(rotation: Rotation) -> Rotation:
    """The same rotation, in the singular vectors of its components, to which each weak one is exact."""
    basis, train, test = _rotate_by_svd(rotation.train, rotation.test)
    return dataclasses.replace(rotation, basis=basis if rotation.basis is None else rotation.basis @ basis, train=train,
                               test=test)


def _large_scores(rotation: Rotation, Y: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of one fit, as in `_small_scores`, by products with ``A`` alone.

    ``A = T'P G P T`` with ``T`` the training components, ``G = Y Y'`` and ``P`` the
    projection that removes the scores found.
    """
    T, Z = rotation.train, rotation.test
    train, test = np.zeros((k, len(T))), np.zeros((k, len(Z)))
    weights, loadings, found = np.zeros((3, k, T.shape[1]))
    G = _sample_gram(rotation, Y, train[:0])
    noise = EXHAUSTED ** 2 * np.vdot(T, T) * np.trace(G)

    def project(x):
        return x - train[:j].T @ (train[:j] @ x)

    def product(x):
        # A annihilates the weights found; a strong one would carry its rounding into the weak ones
        Ax = T.T @ project(blas.dsymv(1., G, project(T @ x), lower=1))
        return Ax - found[:j].T @ (found[:j] @ Ax)

    V = AV = np.empty((0, T.shape[1]))
    start = T.T @ blas.dsymv(1., G, np.random.default_rng(0).standard_normal(len(T)), lower=1)
    formed = 0
    for j in range(k):
        value, V, AV = _davidson(product, *_extend(product, V, AV, start), formed)
        if value < STALE * formed:
            G = _sample_gram(rotation, Y, train[:j])
            value, V, AV = _davidson(product, V, np.stack([product(v) for v in V]), 0)
            formed = value
        formed = max(formed, value)
        if value <= noise:
            break
        w = V[-1]
        t = project(project(T @ w))
        norm = np.linalg.norm(t)
        train[j] = t / norm
        # The weights that give t on features not deflated, so also on test images.
        weights[j] = w - weights[:j].T @ (loadings[:j] @ w)
        found[j] = w
        test[j] = Z @ weights[j] / norm
        loadings[j] = loading = T.T @ train[j] / norm
        V, AV, start = *_deflate_subspace(V, AV, loading), loading - w
    return train, test


def _deflate_subspace(V: np.ndarray, AV: np.ndarray, loading: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows ``V`` but the last, ``w``, and ``(I - l w') A (I - w l')`` of them."""
    w, Aw = V[-1], AV[-1]
    V = V[:-1]
    AV = AV[:-1] - np.outer(V @ loading, Aw)
    return V, AV - np.outer(AV @ w, loading)


def _davidson(product: Callable[[np.ndarray], np.ndarray], V: np.ndarray, AV: np.ndarray,
              formed: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Largest eigenvalue of ``A``, from the rows ``V`` and ``AV``.

    Returns it with the orthonormal rows ``V``, the eigenvector last and approximations to
    those that follow before it, and ``AV``. The angle of the eigenvector is bounded by
    the residual over the gap to the next eigenvalue. A residual that half a subspace does
    not reduce is rounding.

    Raises
    ------
    Unresolved
        If rounding leaves the eigenvector uncertain.
    """
    before, restarts, stuck = np.inf, 0, False
    while True:
        values, S = np.linalg.eigh(V @ AV.T)
        w, Aw = S[:, -1] @ V, S[:, -1] @ AV
        residual = Aw - values[-1] * w
        gap = values[-1] - (values[-2] if len(values) > 1 else 0)
        rounding = 1e-13 * max(formed, values[-1])
        size, full = np.linalg.norm(residual), len(V) == V.shape[1]
        stuck = stuck or full or len(V) >= SUBSPACE and (size > .9 * before or restarts == RESTARTS)
        if size <= max(CONVERGED * gap, rounding) or stuck and size <= RESOLVED * gap:
            return values[-1], S.T @ V, S.T @ AV
        if stuck:
            raise Unresolved
        if len(V) >= SUBSPACE:
            before, restarts = size, restarts + 1
            kept = S[:, -SUBSPACE // 2:].T
            V, AV = kept @ V, kept @ AV
        n_vectors = len(V)
        V, AV = _extend(product, V, AV, residual)
        stuck = len(V) == n_vectors  # nothing of the residual is new


def _extend(product: Callable[[np.ndarray], np.ndarray], V: np.ndarray, AV: np.ndarray,
            x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Append to the orthonormal rows V the part of x that is new."""
    size = np.linalg.norm(x)
    for _ in range(2):
        x = x - V.T @ (V @ x)
    new = np.linalg.norm(x)
    if len(V) and new <= np.finfo(float).eps * size:
        return V, AV
    x = x / (new or 1)
    return np.vstack([V, x]), np.vstack([AV, product(x)])


def _sample_gram(rotation: Rotation, Y: np.ndarray, train: np.ndarray) -> np.ndarray:
    """``G = Y Y'`` (s, s), its lower triangle, less what the scores ``train`` explain."""
    G = _SymmetricProduct(len(rotation.train))
    for start in range(0, Y.shape[1], COLUMNS):
        N = _project(rotation, Y[:, start:start + COLUMNS])
        N -= train.T @ (train @ N)
        G.add(N)
    return G.value()
