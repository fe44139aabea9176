"""Distances between activations of networks by the same images (Prasad, Manor & Pereira 2022, section 3.1, Fig. 5)."""
import itertools

import numpy as np
import pandas as pd

COLUMNS = ['model', 'other', 'layer', 'distance', 'distance_sd', 'n_images', 'cka']


def pairwise_distances(features: dict[str, dict[str, np.ndarray]]) -> pd.DataFrame:
    """Distance and similarity of every two models, layer by layer.

    The Euclidean distance, as in the paper, compares feature i of one network with feature i of the other, although
    nothing but chance has given them the same number: it is large between two networks that differ in nothing but the
    seed of their weights, and grows with the norms. Linear centred kernel alignment (Kornblith et al. 2019, ICML)
    stands beside it, since it does not depend on the order or the scale of features.

    Parameters
    ----------
    features : dict of str to dict of str to numpy.ndarray, shape (n_images, n_features)
        As of :func:`~study.norms.activation_norms`.

    Returns
    -------
    pandas.DataFrame
        Two rows, (model, other) and (other, model), for each pair and each layer that both have: distance, the mean
        over the images, with its standard deviation over images, and cka from 0 to 1 (the same up to rotation and
        scale). NaN where a layer responds to all images alike.
    """
    rows = []
    grams = {(model, layer): _centred_gram(values) for model, layers in features.items()
             for layer, values in layers.items()}
    for model, other in itertools.combinations(features, 2):
        for layer in features[model]:
            if layer not in features[other]:
                continue
            a, b = features[model][layer], features[other][layer]
            if a.shape[1] != b.shape[1]:
                continue
            distance = np.linalg.norm(a - b, axis=1)
            described = {'layer': layer, 'distance': distance.mean(), 'distance_sd': distance.std(ddof=1),
                         'n_images': len(a), 'cka': _alignment(grams[model, layer], grams[other, layer])}
            rows += [{'model': model, 'other': other, **described}, {'model': other, 'other': model, **described}]
    return pd.DataFrame(rows, columns=COLUMNS)


def _centred_gram(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    return (centred @ centred.T).astype(float)


def _alignment(a: np.ndarray, b: np.ndarray) -> float:
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / norms) if norms > 0 else np.nan
