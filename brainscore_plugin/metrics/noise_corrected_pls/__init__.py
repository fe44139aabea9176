from brainscore_vision import metric_registry
from .metric import NoiseCorrectedPLS

metric_registry['noise_corrected_pls'] = NoiseCorrectedPLS
