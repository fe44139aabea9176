from brainscore_vision import benchmark_registry
from .benchmark import Willeke2022

benchmark_registry['Willeke2022.VISp-pls'] = lambda: Willeke2022('pls')
benchmark_registry['Willeke2022.VISp-pls_pooled'] = lambda: Willeke2022('pls_pooled')
benchmark_registry['Willeke2022.VISp-rdm'] = lambda: Willeke2022('rdm')
