from brainscore_vision import benchmark_registry
from .benchmark import Conwell2021

benchmark_registry['Conwell2021.VISp-rdm'] = lambda: Conwell2021('VISp', 'rdm')
benchmark_registry['Conwell2021.VISl-rdm'] = lambda: Conwell2021('VISl', 'rdm')
benchmark_registry['Conwell2021.VISal-rdm'] = lambda: Conwell2021('VISal', 'rdm')
benchmark_registry['Conwell2021.VISam-rdm'] = lambda: Conwell2021('VISam', 'rdm')
benchmark_registry['Conwell2021.VISpm-rdm'] = lambda: Conwell2021('VISpm', 'rdm')
benchmark_registry['Conwell2021.VISrl-rdm'] = lambda: Conwell2021('VISrl', 'rdm')
benchmark_registry['Conwell2021.VISp-rdm_spearman'] = lambda: Conwell2021('VISp', 'rdm_spearman')
benchmark_registry['Conwell2021.VISl-rdm_spearman'] = lambda: Conwell2021('VISl', 'rdm_spearman')
benchmark_registry['Conwell2021.VISal-rdm_spearman'] = lambda: Conwell2021('VISal', 'rdm_spearman')
benchmark_registry['Conwell2021.VISam-rdm_spearman'] = lambda: Conwell2021('VISam', 'rdm_spearman')
benchmark_registry['Conwell2021.VISpm-rdm_spearman'] = lambda: Conwell2021('VISpm', 'rdm_spearman')
benchmark_registry['Conwell2021.VISrl-rdm_spearman'] = lambda: Conwell2021('VISrl', 'rdm_spearman')
