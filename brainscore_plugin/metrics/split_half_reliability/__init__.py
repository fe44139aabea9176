from brainscore_vision import metric_registry
from .metric import SplitHalfReliability

metric_registry['split_half_reliability'] = SplitHalfReliability
