"""The ways in which recordings are scored, by the ending of a benchmark's identifier."""
from collections.abc import Callable
from dataclasses import dataclass

from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_ceiling, load_metric

from .benchmark import MousePredictivity


@dataclass(frozen=True)
class Variant:
    """Identifiers of the metric and of its ceiling.

    Attributes
    ----------
    metric : str
    ceiling : str
    held_out_metric : str, optional
        The metric where recordings have training images of their own; without it such images are not used.
    revision : int
        How often the metric has changed its values: it is added to the version that the recordings give a benchmark.
    """
    metric: str
    ceiling: str
    held_out_metric: str | None = None
    revision: int = 0


VARIANTS = {
    # noise-corrected PLS per neuron (Nayebi et al. 2023)
    'pls': Variant('noise_corrected_pls', 'split_half_reliability', 'noise_corrected_pls_held_out'),
    # the measure of Prasad, Manor & Pereira (2022), which pools neurons
    'pls_pooled': Variant('noise_corrected_pls_pooled', 'split_half_reliability',
                          'noise_corrected_pls_pooled_held_out'),
    # similarity of dissimilarity matrices
    'rdm': Variant('mouse_rdm', 'mouse_rdm_reliability', revision=1),  # cross-validated
}


def benchmark_variant(recording: str, area: str, variant: str, load_recordings: Callable[[], NeuroidAssembly],
                      load_training: Callable[[str], NeuroidAssembly] | None = None, settings: dict | None = None,
                      version: int = 1, **facts) -> MousePredictivity:
    """A benchmark on recordings of an area, scored in one of the ways of :data:`VARIANTS`.

    Parameters
    ----------
    recording : str
        Key of the recordings, with which the identifier begins, such as 'deVries2020'.
    area : str
    variant : 'pls', 'pls_pooled' or 'rdm'
        Ending of the identifier, after the area.
    load_recordings, load_training
        As of :class:`~.benchmark.MousePredictivity`; `load_training` is used by the variants that fit.
    settings : dict, optional
        Variant -> arguments of its metric, where they are not the metric's defaults.
    version : int
        Of the recordings; raised whenever they change the scores of all variants.
    **facts
        The other parameters of :class:`~.benchmark.MousePredictivity`: time_bin, bibtex, neuron_filter.
    """
    chosen = VARIANTS[variant]
    held_out = load_training is not None and chosen.held_out_metric is not None
    metric = load_metric(chosen.held_out_metric if held_out else chosen.metric, **(settings or {}).get(variant, {}))
    return MousePredictivity(identifier=f'{recording}.{area}-{variant}', area=area, load_recordings=load_recordings,
                             load_training=load_training if held_out else None, metric=metric,
                             ceiler=load_ceiling(chosen.ceiling), version=version + chosen.revision, **facts)
