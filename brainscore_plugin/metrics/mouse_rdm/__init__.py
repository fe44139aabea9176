from brainscore_vision import metric_registry
from .metric import MouseRDM, RDMReliability
from .sites_metric import MouseRDMSites, RDMSitesReliability

metric_registry['mouse_rdm'] = MouseRDM
metric_registry['mouse_rdm_reliability'] = RDMReliability
metric_registry['mouse_rdm_sites'] = MouseRDMSites
metric_registry['mouse_rdm_sites_reliability'] = RDMSitesReliability
