from brainscore_vision import metric_registry
from .metric import CKAReliability, MouseCKA

metric_registry['mouse_cka'] = MouseCKA
metric_registry['mouse_cka_reliability'] = CKAReliability
