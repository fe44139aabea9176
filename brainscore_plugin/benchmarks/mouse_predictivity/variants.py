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
    consistency : str, optional
        The measure of what other animals' neurons get, which is none where animals saw different images.
    revision : int
        How often the metric has changed its values: added to the version that the recordings give a benchmark.
    """
    metric: str
    ceiling: str
    held_out_metric: str | None = None
    consistency: str | None = None
    revision: int = 0


VARIANTS = {
    # noise-corrected PLS predictivity of neurons (Nayebi et al. 2023)
    'pls': Variant('noise_corrected_pls', 'split_half_reliability', 'noise_corrected_pls_held_out',
                   'inter_animal_consistency', revision=1),  # 1: mean over animals of ratios of means
    # the same by ridge regression, a penalty for each neuron
    'ridge': Variant('noise_corrected_ridge', 'split_half_reliability', consistency='inter_animal_consistency_ridge'),
    # the measure of Prasad, Manor & Pereira (2022), which pools neurons
    'pls_pooled': Variant('noise_corrected_pls_pooled', 'split_half_reliability',
                          'noise_corrected_pls_pooled_held_out'),
    # similarity of dissimilarity matrices
    'rdm': Variant('mouse_rdm', 'mouse_rdm_reliability', revision=1),  # cross-validated
    # linear centred kernel alignment (Kornblith et al. 2019)
    'cka': Variant('mouse_cka', 'mouse_cka_reliability'),
}


def benchmark_variant(recording: str, area: str, variant: str, load_recordings: Callable[[], NeuroidAssembly],
                      load_training: Callable[[str], NeuroidAssembly] | None = None, settings: dict | None = None,
                      *, version: int, several_mice: bool = True, **facts) -> MousePredictivity:
    """A benchmark on recordings of an area, scored in one of the ways of :data:`VARIANTS`.

    Parameters
    ----------
    recording : str
        Key of the recordings, with which the identifier begins, such as 'deVries2020'.
    area : str
    variant : 'pls', 'ridge', 'pls_pooled', 'rdm' or 'cka'
        Ending of the identifier, after the area.
    load_recordings, load_training
        As of :class:`~.benchmark.MousePredictivity`; `load_training` is used by the variants that fit.
    settings : dict, optional
        Variant -> arguments of its metric, where they are not the metric's defaults.
    version : int
        Of the recordings; raised whenever they change the scores of all variants.
    several_mice : bool
        Whether the recording's animals are; groups of one mouse's neurons cannot say what another mouse would get.
    **facts
        The other parameters of :class:`~.benchmark.MousePredictivity`: time_bin, bibtex, neuron_selection.
    """
    chosen = VARIANTS[variant]
    held_out = load_training is not None and chosen.held_out_metric is not None
    comparable = chosen.consistency is not None and several_mice and not held_out
    metric = load_metric(chosen.held_out_metric if held_out else chosen.metric, **(settings or {}).get(variant, {}))
    return MousePredictivity(identifier=f'{recording}.{area}-{variant}', area=area, load_recordings=load_recordings,
                             load_training=load_training if held_out else None, metric=metric,
                             version=version + chosen.revision,
                             ceiler=load_ceiling(chosen.ceiling),
                             consistency=load_ceiling(chosen.consistency) if comparable else None, **facts)
