from brainscore_vision import metric_registry
from .metric import NoiseCorrectedRidge

metric_registry['noise_corrected_ridge'] = NoiseCorrectedRidge
