r"""PLS of thousands of images: products of images in single precision, and what these lack in double.

Nearly all the time of a large fit goes into ``K = X X'`` and ``G = Y Y'``, which single precision forms in half the
time. They serve to find approximate components, which are then refined [1]_: ``K`` and ``G`` are applied to them in
double precision, from ``X`` and ``Y`` themselves, and the components are found again with matrices that are exact
there, so that an error of single precision acts on the error of the components before alone. The residuals of the exact
products bound the error of what is returned.

The components
--------------
With ``P`` the projection that removes the scores of the components before, a component's weights on the deflated
features are ``X'u`` with ``u`` the leading eigenvector of ``P G P K P``, which is self-adjoint in the inner product
``u'K v``, and its scores are ``P K u``. It is looked for as in :mod:`pls`, in a subspace that residuals extend and that
is deflated for the next component: once the unit scores ``t`` are removed, the others' ``k = P K u`` and ``m = P G k``
become ``k - a t`` and ``m - t t'm - a P G t``, where ``a = k't``.

References
----------
.. [1] Higham & Mary (2022). Mixed precision algorithms in numerical linear algebra. Acta Numer. 31, 347-414.
"""
from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
from scipy.linalg import blas, solve_triangular
from threadpoolctl import ThreadpoolController

CONVERGED = 1e-7  # angle, in radians, that bounds the error of a component
COARSE = 1e-4  # the same, of one that is to be refined
FINE = 1e-8  # the same, by matrices that are exact near it
REFINEMENTS = 4  # at most
SUBSPACE = 64  # most vectors that a component is looked for in, and most times that they are extended for it
REPRESENTABLE = 1e-25, 1e30  # sizes of products that are far from the limits of single precision
DISTINCT = 10  # times what rounding may add to an eigenvalue: less of one may be nothing but that
COLUMNS = 1024  # of features or responses that are centred at a time


def fit_predict(X_train: np.ndarray, Y_train: np.ndarray, X_test: np.ndarray, n_components: int) -> np.ndarray | None:
    """Predictions for the test images, as `pls.fit_predict` makes them without scaling.

    Parameters
    ----------
    X_train : array of shape (n_train, n_features)
    Y_train : array of shape (n_train, n_targets)
    X_test : array of shape (n_test, n_features)
    n_components : int

    Returns
    -------
    ndarray of shape (n_test, n_targets), float64, or None
        None where refining does not reach `CONVERGED`: there are fewer components, or some that single precision does
        not tell apart.
    """
    one_thread = ThreadpoolController().limit  # more cost what the short products of a search gain by them
    with np.errstate(all='ignore'), contextlib.suppress(np.linalg.LinAlgError, Indistinct):
        X, Y = Centred(X_train), Centred(Y_train)
        K, G = X.gram(), Y.gram()
        if not all(REPRESENTABLE[0] < matrix.norm < REPRESENTABLE[1] for matrix in (K, G)):
            return None
        rounding = float(np.finfo(np.float32).eps) * K.norm * G.norm
        start, tolerance = None, COARSE
        for _ in range(REFINEMENTS):
            with one_thread(limits=1):
                found = _components(K, G, n_components, tolerance, start)
            W, KU = X.apply(found.U)
            with one_thread(limits=1):
                T, R = np.linalg.qr(KU)
            loadings, GT = Y.apply(T)
            with one_thread(limits=1):
                residuals, gaps = _residuals(found, T, R, GT, rounding)
            if tolerance < CONVERGED and X.largest(residuals / gaps) < CONVERGED:
                with one_thread(limits=1):
                    scores = solve_triangular(R, ((X_test - X.mean) @ W).T, trans='T', check_finite=False)
                return scores.T @ loadings.T + Y.mean
            with one_thread(limits=1):
                K.be_exact(found.U, KU)
                G.be_exact(T, GT)
            start, tolerance = (found.U, KU, GT @ R), FINE
    return None


class Indistinct(ValueError):
    """Single precision does not tell so many components apart, or there are fewer."""


class Centred:
    """The columns of a matrix less their means, from which products are formed some columns at a time.

    Parameters
    ----------
    X : array of shape (n, p)
    """

    def __init__(self, X: np.ndarray):
        self.X, self.mean = X, X.mean(axis=0, dtype=float)

    def gram(self) -> RoughMatrix:
        """``X X'`` in single precision."""
        total = np.zeros((len(self.X), len(self.X)), np.float32, order='F')
        for block in self._blocks():
            part = np.empty(self.X[:, block].shape, np.float32)
            np.subtract(self.X[:, block], self.mean[block], out=part, casting='same_kind')
            total = blas.ssyrk(1., part.T, beta=1., c=total, trans=1, lower=1, overwrite_c=1)
        return RoughMatrix(total)

    def apply(self, V: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``X'V`` (p, k) and ``X X'V`` (n, k) in double precision."""
        W, image = np.empty((self.X.shape[1], V.shape[1])), np.zeros_like(V)
        for block, part in self._parts():
            W[block] = part.T @ V
            image += part @ W[block]
        return W, image

    def largest(self, V: np.ndarray) -> float:
        """Largest length of the columns of ``X'V``."""
        squares = np.zeros(V.shape[1])
        for _, part in self._parts():
            squares += ((part.T @ V) ** 2).sum(axis=0)
        return float(np.sqrt(squares.max()))

    def _parts(self) -> Iterator[tuple[slice, np.ndarray]]:
        for block in self._blocks():
            yield block, self.X[:, block] - self.mean[block]

    def _blocks(self) -> Iterator[slice]:
        for start in range(0, self.X.shape[1], COLUMNS):
            yield slice(start, start + COLUMNS)


class RoughMatrix:
    """A symmetric matrix ``M`` in single precision that is exact on a subspace.

    Where ``M Q`` is known for an orthonormal ``Q``, ``M x = M Q q + Q (M Q)'r + P M r`` with ``q = Q'x``,
    ``P = I - Q Q'`` and ``r = P x``, so that the last term alone is rough.

    Parameters
    ----------
    array : ndarray of shape (n, n), float32
        In Fortran's order; its lower triangle is read.
    """

    def __init__(self, array: np.ndarray):
        self.array = array
        self.norm = 2 ** .5 * float(np.linalg.norm(array))  # at least, as its other triangle is empty
        self._basis = self._image = np.zeros((len(array), 0))

    def be_exact(self, vectors: np.ndarray, images: np.ndarray) -> None:
        """Give the exact images (n, k) of some vectors (n, k)."""
        self._basis, R = np.linalg.qr(vectors)
        self._image = solve_triangular(R, images.T, trans='T', check_finite=False).T

    def __matmul__(self, x: np.ndarray) -> np.ndarray:
        q = self._basis.T @ x
        rest = x - self._basis @ q
        rough = blas.ssymv(1., self.array, rest.astype(np.float32), lower=1).astype(float)
        rough -= self._basis @ (self._basis.T @ rough)
        return self._image @ q + self._basis @ (self._image.T @ rest) + rough


class _Search:
    """The subspace that components are looked for in, one after the other.

    The rows of ``U`` have inner products by ``K`` as unit vectors have; ``KU`` is ``P K U``, ``MU`` is ``P G P K U``.

    Parameters
    ----------
    K, G : RoughMatrix
    start : tuple of ndarrays (n, k), optional
        Vectors, ``K`` times them and ``G K`` times them; random ones by default.
    """

    def __init__(self, K: RoughMatrix, G: RoughMatrix, start: tuple | None = None):
        self.K, self.G, n = K, G, len(K.array)
        self.scores = np.zeros((0, n))
        self._rng = np.random.default_rng(0)
        self.U = self.KU = self.MU = np.zeros((0, n))
        self._eigenvectors = np.zeros((0, 0))
        if start is not None:
            L = np.linalg.cholesky(start[0].T @ start[1])
            self.U, self.KU, self.MU = (
                solve_triangular(L, array.T, lower=True, check_finite=False) for array in start)

    def project(self, x: np.ndarray) -> np.ndarray:
        """Without the scores found."""
        return x - self.scores.T @ (self.scores @ x)

    def eigenvalues(self) -> np.ndarray:
        """Those of the subspace, ascending."""
        values, self._eigenvectors = np.linalg.eigh(self.KU @ self.MU.T)
        return values

    def residual(self, value: float) -> tuple[np.ndarray, np.ndarray, float]:
        """What the last eigenvector lacks, outside of the subspace; ``K`` times that, and its size."""
        last = self._eigenvectors[:, -1]
        return self._outside(last @ self.MU - value * (last @ self.U))

    def extend(self, x: np.ndarray, Kx: np.ndarray, size: float) -> None:
        """Add a residual, in the place of half of the eigenvectors if there are too many."""
        if len(self.U) >= SUBSPACE:
            self._keep(self._eigenvectors[:, -SUBSPACE // 2:])
        self.U, self.KU = np.vstack([self.U, x / size]), np.vstack([self.KU, Kx / size])
        self.MU = np.vstack([self.MU, self.project(self.G @ self.KU[-1])])

    def extend_at_random(self) -> None:
        """Add what ``G`` makes of a random vector."""
        self.extend(*self._outside(self.G @ self.project(self._rng.standard_normal(self.U.shape[1]))))

    def deflate(self) -> np.ndarray:
        """Remove the last eigenvector and its scores from the problem; returns it."""
        self._keep(self._eigenvectors)
        u, norm = self.project(self.U[-1]), np.linalg.norm(self.KU[-1])
        t = self.project(self.project(self.KU[-1] / norm))
        t /= np.linalg.norm(t)
        Gt = self.MU[-1] / norm
        Gt -= t * (t @ Gt)
        self.scores = np.vstack([self.scores, t])
        self.U, self.KU, MU = self.U[:-1], self.KU[:-1], self.MU[:-1]
        a = self.KU @ t
        self.MU = MU - np.outer(MU @ t, t) - np.outer(a, Gt)
        self.KU = self.KU - np.outer(a, t)
        return u

    def _outside(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        for _ in range(2):
            x = self.project(x - (self.KU @ x) @ self.U)
        Kx = self.project(self.K @ x)
        return x, Kx, float(np.sqrt(max(x @ Kx, 0.)))

    def _keep(self, S: np.ndarray) -> None:
        self.U, self.KU, self.MU = S.T @ self.U, S.T @ self.KU, S.T @ self.MU


class _Components:
    """Vectors ``u`` (n, k) of the components, and the eigenvalue that follows each component's own."""

    def __init__(self, U: np.ndarray, following: np.ndarray):
        self.U, self.following = U, following


def _components(K: RoughMatrix, G: RoughMatrix, n_components: int, tolerance: float,
                start: tuple | None = None) -> _Components:
    """Components whose angle to those of the rough matrices is below a tolerance; `start` as for `_Search`.

    Raises
    ------
    Indistinct
    """
    search, found, following = _Search(K, G, start), [], np.zeros(n_components)
    for j in range(n_components):
        if not len(search.U):
            search.extend_at_random()
        for _ in range(SUBSPACE):
            values = search.eigenvalues()
            following[j] = values[-2] if len(values) > 1 else 0.
            residual = search.residual(values[-1])
            if residual[-1] <= tolerance * (values[-1] - following[j]):
                break
            search.extend(*residual)
        else:  # what single precision tells of it
            values = search.eigenvalues()
        if not values[-1] > 0:
            raise Indistinct
        found.append(search.deflate())
    return _Components(np.stack(found, axis=1), following)


def _residuals(found: _Components, T: np.ndarray, R: np.ndarray, GT: np.ndarray,
               rounding: float) -> tuple[np.ndarray, np.ndarray]:
    """What the components (n, k) are no eigenvectors by, and how far each one's eigenvalue is from the next.

    ``T R`` is ``K`` times the components, of which ``T`` are the unit scores, and ``GT`` is ``G`` times these. The
    angle of a component to the exact one is at most the length of its residual, in the inner product by ``K``, over
    that distance.

    Raises
    ------
    Indistinct
        If rounding in single precision hides the order of the components.
    """
    residuals, gaps = np.empty_like(T), np.empty(len(R))
    for j, size in enumerate(np.diag(R)):
        image = GT[:, j] - T[:, :j] @ (T[:, :j].T @ GT[:, j])
        value = size ** 2 * (T[:, j] @ image)
        residuals[:, j] = size * image - value * found.U[:, j]
        gaps[j] = value - found.following[j] - rounding
        if not (value > DISTINCT * rounding and gaps[j] > 0):
            raise Indistinct
    return residuals, gaps
