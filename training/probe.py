"""What a network has learned: how well the class of an image is told from its features."""
import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn
from torchvision.models import alexnet
from torchvision.transforms.functional import normalize
from tqdm import tqdm

from .backbone import CONVOLUTIONS, IMAGENET_MEAN, IMAGENET_STD, trunk

# A layer's maps are averaged to so many cells a side, which keeps it below 4,097 features; 'pooled' is the trunk's
# output, the 256 features that the projection head is trained on.
GRIDS = {'conv1': 8, 'conv2': 4, 'conv3': 3, 'conv4': 3, 'conv5': 3}
LAYERS = ('pooled', *GRIDS)
NEIGHBOURS, TEMPERATURE = 200, .1  # as Wu et al. have it
PENALTIES = np.logspace(0, 6, 7)
UNTRAINED_SEED = 0  # that of the model alexnet64_untrained
BATCH = 256


def features(network: nn.Sequential, images: np.ndarray, layer: str = 'pooled', progress: bool = True) -> np.ndarray:
    """Features of images.

    Parameters
    ----------
    network : torch.nn.Sequential
        Laid out as torchvision's ``alexnet().features``, see :func:`~training.backbone.trunk`.
    images : numpy.ndarray, uint8, (n, 64, 64, 3)
        May be memory-mapped.
    layer : str
        'pooled', or 'conv1' … 'conv5', after rectification.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    numpy.ndarray, float32, (n, n_features)

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    if layer not in LAYERS:
        raise ValueError(f"No layer '{layer}': choose from {', '.join(LAYERS)}.")
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    until = len(network) if layer == 'pooled' else CONVOLUTIONS[layer] + 2
    part = network[:until].to(device)
    batches = []
    for start in tqdm(range(0, len(images), BATCH), desc=f'features of {layer}', leave=False,
                      disable=not progress):
        batch = torch.from_numpy(np.array(images[start:start + BATCH])).to(device).permute(0, 3, 1, 2) / 255
        with torch.no_grad():
            maps = part(normalize(batch, IMAGENET_MEAN, IMAGENET_STD))
        if layer in GRIDS:
            maps = nn.functional.adaptive_avg_pool2d(maps, GRIDS[layer])
        batches.append(maps.flatten(1).cpu().numpy())
    return np.concatenate(batches)


def knn_accuracy(train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray,
                 neighbours: int = NEIGHBOURS, temperature: float = TEMPERATURE) -> float:
    """Accuracy of weighted k-nearest neighbours, each voting with exp(cosine similarity / temperature).

    Wu et al. (2018), Unsupervised feature learning via non-parametric instance discrimination, section 3.4.

    Parameters
    ----------
    train, test : numpy.ndarray, (n, n_features)
        Features.
    train_labels, test_labels : numpy.ndarray of int, (n,)
        Classes.
    neighbours : int
        At most as many as there are training images.
    temperature : float
        The smaller, the more the nearest count.

    Returns
    -------
    float
        From 0 to 1.
    """
    classifier = KNeighborsClassifier(min(neighbours, len(train)), metric='cosine', algorithm='brute',
                                      weights=lambda distance: np.exp((1 - distance) / temperature))
    return float(classifier.fit(train, train_labels).score(test, test_labels))


def linear_accuracy(train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray) -> float:
    """Accuracy of a linear classifier of standardised features: ridge regression onto the classes.

    The penalty is the best of leave-one-out cross-validation over the training images.

    Parameters
    ----------
    train, train_labels, test, test_labels
        As for :func:`knn_accuracy`.

    Returns
    -------
    float
        From 0 to 1.
    """
    classifier = make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES))
    return float(classifier.fit(train, train_labels).score(test, test_labels))


def chance_accuracy(train_labels: np.ndarray, test_labels: np.ndarray) -> float:
    """Accuracy of always answering the class that most training images have."""
    classes, counts = np.unique(train_labels, return_counts=True)
    return float(np.mean(test_labels == classes[counts.argmax()]))


def probe_domain(network: nn.Sequential, domain, layers: tuple = ('pooled',)) -> pd.DataFrame:
    """Accuracies on a domain's test images of classifiers fitted to its training images.

    Parameters
    ----------
    network : torch.nn.Sequential
        As for :func:`features`.
    domain : PreparedDomain
        With a train and a test split.
    layers : tuple of str
        See :func:`features`.

    Returns
    -------
    pandas.DataFrame
        A row for each layer: domain, layer, n_features, n_classes, n_train, n_test, knn, linear, chance.

    Raises
    ------
    ValueError
        If the domain has no train and test split, or only one class.
    """
    split, labels = domain.index['split'].to_numpy(), domain.index['label'].to_numpy()
    train, test = np.flatnonzero(split == 'train'), np.flatnonzero(split == 'test')
    n_classes = len(np.unique(labels[train]))
    if not len(train) or not len(test) or n_classes < 2:
        raise ValueError(f"Domain '{domain.name}' has {len(train)} training and {len(test)} test images of {n_classes} "
                         'classes: a probe needs both, and two classes at least.')
    rows = []
    for layer in layers:
        x = features(network, domain.images, layer)
        known = x[train], labels[train], x[test], labels[test]
        rows.append({'domain': domain.name, 'layer': layer, 'n_features': x.shape[1], 'n_classes': n_classes,
                     'n_train': len(train), 'n_test': len(test), 'knn': knn_accuracy(*known),
                     'linear': linear_accuracy(*known), 'chance': chance_accuracy(labels[train], labels[test])})
    return pd.DataFrame(rows)


def probe_models(models: dict, domains: list, layers: tuple = ('pooled',)) -> pd.DataFrame:
    """As :func:`probe_domain` for several models and domains, beside a network with random weights.

    Parameters
    ----------
    models : dict of str to dict
        Name -> weights, see :func:`~training.backbone.checked`.
    domains : list of PreparedDomain
        Each with a train and a test split.
    layers : tuple of str
        See :func:`features`.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`probe_domain` after 'model'; of each domain, the model 'untrained' comes first.
    """
    networks = {'untrained': untrained_trunk(), **{name: trunk(weights) for name, weights in models.items()}}
    tables = [probe_domain(network, domain, layers).assign(model=name)
              for domain in domains for name, network in networks.items()]
    table = pd.concat(tables, ignore_index=True)
    return table[['model', *(column for column in table if column != 'model')]]


def untrained_trunk(seed: int = UNTRAINED_SEED) -> nn.Sequential:
    """AlexNet's features with torchvision's initial weights; those of the model alexnet64_untrained."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return alexnet(weights=None).features.eval()
