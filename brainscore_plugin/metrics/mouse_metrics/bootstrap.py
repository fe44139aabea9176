"""Bootstrap samples of the images."""
import numpy as np


def image_weights(n_images: int, n_bootstrap: int, seed: int) -> np.ndarray:
    """How often each image counts: in the first row once, in the others as often as a bootstrap sample has it.

    Animals that saw as many images get the same samples.

    Returns
    -------
    numpy.ndarray, shape (1 + n_bootstrap, n_images)
    """
    rng = np.random.default_rng([seed, 3])
    samples = rng.multinomial(n_images, np.full(n_images, 1 / n_images), n_bootstrap)
    return np.concatenate([np.ones((1, n_images)), samples])
