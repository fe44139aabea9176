from brainscore_vision import metric_registry
from .folds_metric import NoiseCorrectedPLSFolds
from .held_out_metric import NoiseCorrectedPLSHeldOut, NoiseCorrectedPLSPooledHeldOut
from .metric import NoiseCorrectedPLS, NoiseCorrectedPLSPooled

metric_registry['noise_corrected_pls'] = NoiseCorrectedPLS
metric_registry['noise_corrected_pls_pooled'] = NoiseCorrectedPLSPooled
metric_registry['noise_corrected_pls_held_out'] = NoiseCorrectedPLSHeldOut
metric_registry['noise_corrected_pls_pooled_held_out'] = NoiseCorrectedPLSPooledHeldOut
metric_registry['noise_corrected_pls_folds'] = NoiseCorrectedPLSFolds
