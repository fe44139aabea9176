from brainscore_vision import metric_registry
from .metric import NoiseCorrectedPLS, NoiseCorrectedPLSPooled

metric_registry['noise_corrected_pls'] = NoiseCorrectedPLS
metric_registry['noise_corrected_pls_pooled'] = NoiseCorrectedPLSPooled
