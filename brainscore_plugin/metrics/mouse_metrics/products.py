"""Products of every two rows of a matrix, on the processor or on a device of PyTorch."""
import os

import numpy as np

VARIABLE = 'BRAINSCORE_MOUSE_DEVICE'  # of the environment: such as 'cuda'


def row_products(X: np.ndarray) -> np.ndarray:
    """``X X'``, formed in float64 on the device that the environment names, if it names one.

    Parameters
    ----------
    X : numpy.ndarray, shape (n_images, n_features)

    Returns
    -------
    numpy.ndarray, shape (n_images, n_images)

    Raises
    ------
    RuntimeError
        If PyTorch has no such device.
    """
    device = os.getenv(VARIABLE)
    if not device:
        return X @ X.T
    import torch
    rows = torch.from_numpy(np.ascontiguousarray(X, dtype=float)).to(device)
    return (rows @ rows.T).cpu().numpy()
