from brainscore_vision import metric_registry
from .metric import MouseRDM, RDMReliability

metric_registry['mouse_rdm'] = MouseRDM
metric_registry['mouse_rdm_reliability'] = RDMReliability
