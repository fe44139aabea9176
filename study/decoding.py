"""Which network an activation comes from, by a linear support vector classifier (Prasad et al. 2022, section 3.1).

The paper concludes from high accuracy that networks have distinct features. But any two networks of different weights
can be told apart, untrained ones included: compare trained networks with a group that differs in its seeds alone.
"""
import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import GroupKFold
from sklearn.svm import SVC
from tqdm import tqdm

FOLDS = 5
PENALTY = 100  # with activations scaled to a mean square norm of 1: nearly a hard margin, as on raw activations
ITERATIONS = 20_000  # of the optimiser; shuffled labels can be separated by luck only, and slowly
COLUMNS = ['layer', 'permutation', 'fold', 'accuracy', 'precision', 'recall', 'n_models', 'n_images']


def decode_models(features: dict[str, dict[str, np.ndarray]], n_permutations: int = 20, seed: int = 0) -> pd.DataFrame:
    """Tell models by their activations, layer by layer, in five folds.

    All of an image's activations are in the same fold. Else the classifier could tell a test activation by its likeness
    to the training activations of the very same image.

    For the null, the models' names are shuffled within each image, which is all that may be exchanged if the models
    respond alike.

    Parameters
    ----------
    features : dict of str to dict of str to numpy.ndarray, shape (n_images, n_features)
        As of :func:`~study.norms.activation_norms`; layers that not all models have in the same size are left out.
    n_permutations : int
        Shuffles of the null.
    seed : int
        Of the shuffles and of the folds.

    Returns
    -------
    pandas.DataFrame
        A row for each layer, permutation (0 is the truth) and fold: accuracy, and precision and recall averaged over
        models; n_models and n_images.

    Raises
    ------
    ValueError
        If there are fewer than two models, or fewer images than folds.
    """
    models = list(features)
    if len(models) < 2:
        raise ValueError(f'{len(models)} model(s): telling them apart takes at least two.')
    rows = []
    for layer in tqdm(_common_layers(features), desc='decoding', unit='layer', leave=False, disable=None):
        stacked = np.concatenate([features[model][layer] for model in models]).astype(np.float32)
        n_images = len(stacked) // len(models)
        if n_images < FOLDS:
            raise ValueError(f'{n_images} images cannot be dealt into {FOLDS} folds: show at least {FOLDS}.')
        gram = (stacked @ stacked.T).astype(float)
        truth, images = np.repeat(np.arange(len(models)), n_images), np.tile(np.arange(n_images), len(models))
        rng = np.random.default_rng([seed, n_images])
        groups = rng.permutation(n_images)[images]  # neighbours may be alike, such as frames of a film
        for permutation in range(n_permutations + 1):
            labels = _shuffled(truth, n_images, rng) if permutation else truth
            rows += [{'layer': layer, 'permutation': permutation, 'fold': fold, **scores, 'n_models': len(models),
                      'n_images': n_images} for fold, scores in enumerate(_folds(gram, labels, groups))]
    return pd.DataFrame(rows, columns=COLUMNS)


def summarise_decoding(folds: pd.DataFrame) -> pd.DataFrame:
    """Means over folds, beside chance and the null.

    Parameters
    ----------
    folds : pandas.DataFrame
        As of :func:`decode_models`.

    Returns
    -------
    pandas.DataFrame
        A row a layer: accuracy, precision, recall; chance; null_accuracy, its mean over shuffles, and null_high, its
        largest; p, the share of shuffles, the truth among them, that reach the accuracy; n_models, n_images.
    """
    rows = []
    for layer, of_layer in folds.groupby('layer', sort=False):
        means = of_layer.groupby('permutation')[['accuracy', 'precision', 'recall']].mean()
        null = means.accuracy[means.index > 0]
        truth = means.loc[0]
        rows.append({'layer': layer, **truth, 'chance': 1 / of_layer.n_models.iloc[0],
                     'null_accuracy': null.mean(), 'null_high': null.max(),
                     'p': (1 + (null >= truth.accuracy).sum()) / (1 + len(null)),
                     'n_models': of_layer.n_models.iloc[0], 'n_images': of_layer.n_images.iloc[0]})
    return pd.DataFrame(rows)


def _common_layers(features: dict[str, dict[str, np.ndarray]]) -> list[str]:
    models = list(features)
    shapes = [{layer: values.shape for layer, values in features[model].items()} for model in models]
    return [layer for layer, shape in shapes[0].items() if all(other.get(layer) == shape for other in shapes)]


def _shuffled(truth: np.ndarray, n_images: int, rng: np.random.Generator) -> np.ndarray:
    return rng.permuted(truth.reshape(-1, n_images), axis=0).reshape(-1)


def _folds(gram: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> list[dict[str, float]]:
    scores = []
    for train, test in GroupKFold(FOLDS).split(labels, groups=groups):
        scale = gram[train, train].mean() or 1
        classifier = SVC(kernel='precomputed', C=PENALTY / scale, max_iter=ITERATIONS, cache_size=500)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', ConvergenceWarning)
            predicted = classifier.fit(gram[np.ix_(train, train)], labels[train]).predict(gram[np.ix_(test, train)])
        precision, recall, _, _ = precision_recall_fscore_support(labels[test], predicted, average='macro',
                                                                  zero_division=0)
        scores.append({'accuracy': (predicted == labels[test]).mean(), 'precision': precision, 'recall': recall})
    return scores
