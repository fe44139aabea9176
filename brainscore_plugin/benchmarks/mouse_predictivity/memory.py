"""How much memory scoring a model takes."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.benchmark_helpers.memory import MemoryEstimate, available_memory_gb

GB = 1024 ** 3
COPIES = 4  # of a layer's features that a metric may hold beside them, half of the images in double precision at most


def memory_estimate(features: dict[str, int | Exception], recordings: NeuroidAssembly, n_trials: int) -> MemoryEstimate:
    """Memory that a model's score will take.

    The features of all layers are held once, what of them does not fit on the disk; the metric works on one layer at a
    time.

    Parameters
    ----------
    features : dict of str to int or Exception
        Layer -> its number of features, as from :func:`~.activations.measure_layers`.
    recordings : NeuroidAssembly
        What is predicted.
    n_trials : int
        Of an image.

    Returns
    -------
    brainscore_vision.benchmark_helpers.memory.MemoryEstimate
        Its fixed cost is what is needed beside the features.
    """
    n_images = len(recordings.attrs['stimulus_set'])
    sizes = [size for size in features.values() if isinstance(size, int)]
    layer_gb = [feature_bytes(size, n_images) / GB for size in sizes]
    working_gb = COPIES * max(layer_gb, default=0) + 3 * recordings.nbytes / GB  # single trials and their halves
    available_gb = available_memory_gb()
    held_gb = min(sum(layer_gb), available_gb / 2)  # activations.in_memory puts the rest on the disk
    return MemoryEstimate(
        num_stimuli=n_images, num_trials=n_trials, num_features=sum(sizes), num_timebins=1, activation_gb=held_gb,
        total_estimated_gb=held_gb + working_gb, available_gb=available_gb,
        fixed_benchmark_cost_gb=working_gb, formula_type='calibrated')


def feature_bytes(n_features: int, n_images: int) -> int:
    """Of the features of a layer, in single precision."""
    return n_features * n_images * np.dtype(np.float32).itemsize
