"""The ways in which recordings of repeated images are scored, by the ending of a benchmark's name."""
from brainscore_vision import load_ceiling, load_metric

# ending -> metric, its arguments, and the ceiling where it is not the neurons' reliability
VARIANTS = {
    'pls': ('noise_corrected_pls', {'protocol': 'nayebi2023'}, None),
    'pls_pooled': ('noise_corrected_pls_pooled', {}, None),
    'rdm': ('mouse_rdm', {}, 'mouse_rdm_reliability'),
}


def variant(ending: str) -> dict:
    """The arguments metric and ceiler of :class:`~.benchmark.MousePredictivity`.

    Parameters
    ----------
    ending : str
        'pls': noise-corrected PLS, 10 image splits x 100 trial halves, per neuron (Nayebi et al. 2023); 'pls_pooled':
        the measure of Prasad, Manor & Pereira (2022), which pools neurons; 'rdm': similarity of dissimilarity matrices.
    """
    metric, arguments, ceiling = VARIANTS[ending]
    return {'metric': load_metric(metric, **arguments), 'ceiler': None if ceiling is None else load_ceiling(ceiling)}
