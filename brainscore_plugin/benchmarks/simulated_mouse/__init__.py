from brainscore_vision import benchmark_registry
from .benchmark import SimulatedMouse

benchmark_registry['SimulatedMouse.VISp-pls'] = lambda: SimulatedMouse('VISp', 'pls')
benchmark_registry['SimulatedMouse.VISl-pls'] = lambda: SimulatedMouse('VISl', 'pls')
benchmark_registry['SimulatedMouse.VISp-pls_pooled'] = lambda: SimulatedMouse('VISp', 'pls_pooled')
benchmark_registry['SimulatedMouse.VISl-pls_pooled'] = lambda: SimulatedMouse('VISl', 'pls_pooled')
benchmark_registry['SimulatedMouse.VISp-rdm'] = lambda: SimulatedMouse('VISp', 'rdm')
benchmark_registry['SimulatedMouse.VISl-rdm'] = lambda: SimulatedMouse('VISl', 'rdm')
benchmark_registry['SimulatedMouse.VISp-ridge'] = lambda: SimulatedMouse('VISp', 'ridge')
benchmark_registry['SimulatedMouse.VISl-ridge'] = lambda: SimulatedMouse('VISl', 'ridge')
benchmark_registry['SimulatedMouse.VISp-cka'] = lambda: SimulatedMouse('VISp', 'cka')
benchmark_registry['SimulatedMouse.VISl-cka'] = lambda: SimulatedMouse('VISl', 'cka')
