from brainscore_vision import benchmark_registry
from .benchmark import TwinMouse

benchmark_registry['TwinMouse.VISp-pls'] = lambda: TwinMouse('pls')
benchmark_registry['TwinMouse.VISp-pls_pooled'] = lambda: TwinMouse('pls_pooled')
benchmark_registry['TwinMouse.VISp-rdm'] = lambda: TwinMouse('rdm')
benchmark_registry['TwinMouse.VISp-ridge'] = lambda: TwinMouse('ridge')
benchmark_registry['TwinMouse.VISp-cka'] = lambda: TwinMouse('cka')
