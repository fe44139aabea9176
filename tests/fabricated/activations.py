"""Activations of networks whose differences are known."""
import numpy as np


def activations(offsets, n_images=30, n_features=20, seed=0):
    """Model -> size of its offset: models that respond to the same images alike, but for an offset of their own."""
    rng = np.random.default_rng(seed)
    seen = rng.standard_normal((n_images, n_features))
    return {model: {'conv1': seen + offset * rng.standard_normal(n_features)
                    + .1 * rng.standard_normal(seen.shape)} for model, offset in offsets.items()}
