from brainscore_vision import benchmark_registry
from .benchmark import Antolik2016

benchmark_registry['Antolik2016.VISp-pls'] = lambda: Antolik2016('pls')
benchmark_registry['Antolik2016.VISp-pls_held_out'] = lambda: Antolik2016('pls_held_out')
benchmark_registry['Antolik2016.VISp-rdm'] = lambda: Antolik2016('rdm')
benchmark_registry['Antolik2016.VISp-cka'] = lambda: Antolik2016('cka')
benchmark_registry['Antolik2016.VISp-ridge'] = lambda: Antolik2016('ridge')
