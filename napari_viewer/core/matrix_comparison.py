"""Dissimilarity matrices of a recording beside those of a model's layer, as a benchmark compares them."""
from dataclasses import dataclass

import numpy as np

from brainscore_plugin.recordings.kinds import kind_of
from napari_viewer.core.image_sets import ImageSet, of_stimulus_set
from napari_viewer.core.networks import Network
from napari_viewer.core.recording import NEURON_WORDS
from napari_viewer.core.software_gl import keep_triton_out

SCORED_BY_MATRICES = '-rdm'  # ending of the benchmarks whose metric compares matrices


@dataclass(frozen=True, eq=False)
class Measured:
    """The matrix of an animal, a field of view or a site.

    Attributes
    ----------
    matrix : numpy.ndarray, (n_images, n_images)
        As the benchmark's metric has it, from all trials: by default 1 - r over neurons, cross-validated. NaN where an
        image's responses do not repeat.
    numbers : numpy.ndarray, (n_images,)
        Of the images, among those of the recording.
    """
    matrix: np.ndarray
    numbers: np.ndarray

    def clustered(self) -> np.ndarray:
        """An order of the images in which those of alike responses are neighbours (average linkage)."""
        from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
        pairs = np.nan_to_num(self.matrix[np.triu_indices(len(self.matrix), 1)], nan=1.).clip(0)
        return leaves_list(optimal_leaf_ordering(linkage(pairs, 'average'), pairs))


class MeasuredMatrices:
    """What a benchmark compares models with.

    Parameters
    ----------
    benchmark : MousePredictivity
        With a metric that compares matrices.
    """

    def __init__(self, benchmark):
        self.benchmark, self.identifier = benchmark, benchmark.identifier
        assembly = benchmark.recordings
        self.images: ImageSet = of_stimulus_set(assembly.attrs['stimulus_set'], self.identifier.partition('.')[0])
        place = {source: k for k, source in enumerate(self.images.index['source'])}
        self.by_name = {name: Measured(matrix, np.array([place[one] for one in stimulus_ids]))
                        for name, matrix, stimulus_ids in _matrices(assembly, benchmark.metric)}

    @property
    def kind(self) -> str:
        """What the neurons are, for titles."""
        return NEURON_WORDS[kind_of(self.identifier)]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A layer's matrix for the images of every animal or site, and how alike they are.

    Attributes
    ----------
    score, error : float
        Of the layer on the benchmark.
    raw, corrected, ceiling : dict of str to float
        Animal or site -> correlation of the matrices as the score's attributes have it, the same corrected for noise,
        and the most that any model can get of that matrix uncorrected: the root of its reliability.
    matrices : dict of str to numpy.ndarray, (n_images, n_images)
    """
    recording: MeasuredMatrices
    network: Network
    layer: str
    score: float
    error: float
    raw: dict[str, float]
    corrected: dict[str, float]
    ceiling: dict[str, float]
    matrices: dict[str, np.ndarray]


def compare(measured: MeasuredMatrices, network: Network, layer: str) -> Comparison:
    """Score a layer by the benchmark's own metric, and give its matrices."""
    from brainscore_vision.benchmarks.mouse_predictivity.activations import layer_assembly
    images = measured.images
    pixels = np.stack([images.square(i, network.input_size) for i in range(len(images))])
    features = network.features(pixels, layer)
    score = measured.benchmark.score_features(layer_assembly(layer, features, images.index['source'].to_numpy()))
    corrected = score.attrs['sites'] if 'sites' in score.attrs else score.attrs['animals']
    reliability = _by_name(score.attrs['reliability'])
    return Comparison(measured, network, layer, float(score), float(score.attrs.get('error', np.nan)),
                      _by_name(score.attrs['raw'].attrs['raw']), _by_name(corrected),
                      {name: float(np.sqrt(max(value, 0))) for name, value in reliability.items()},
                      {name: _matrix_of_features(features[one.numbers]) for name, one in measured.by_name.items()})


def open_matrices(identifier: str) -> MeasuredMatrices:
    """The matrices of a benchmark; raises FileNotFoundError, which says how to get them, where they are absent."""
    keep_triton_out()
    from brainscore_vision import load_benchmark
    return MeasuredMatrices(load_benchmark(identifier))


def _matrices(assembly, metric):
    """Name, matrix and stimulus ids of each animal, or of each published site."""
    if 'compared_with' in assembly['neuroid'].to_index().names:
        from brainscore_vision.metrics.mouse_rdm.sites_metric import site_matrices
        names, _, matrices, stimulus_ids = site_matrices(assembly)
        return [(name, 1 - matrix, stimulus_ids) for name, matrix in zip(names, matrices)]
    from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials, trials_by_animal
    from brainscore_vision.metrics.mouse_rdm.half_matrices import dissimilarities_of_parts
    found = [(name, *images_by_trials(trials)) for name, trials in trials_by_animal(assembly)]
    return [(name, _matrix(dissimilarities_of_parts(responses, np.ones((1, responses.shape[1]), bool),
                                                    metric.dissimilarity)[0], len(responses)), stimulus_ids)
            for name, responses, stimulus_ids in found]


def _matrix_of_features(features: np.ndarray) -> np.ndarray:
    from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities
    return _matrix(dissimilarities(features), len(features))


def _matrix(pairs: np.ndarray, n: int) -> np.ndarray:
    """The matrix (n, n) of the dissimilarities of all pairs."""
    matrix = np.zeros((n, n))
    matrix[np.triu_indices(n, 1)] = pairs
    return matrix + matrix.T


def _by_name(values) -> dict[str, float]:
    dimension, = values.dims
    return dict(zip(values[dimension].values, values.values.astype(float)))
