from brainscore_vision import benchmark_registry
from .benchmark import SimulatedMouse, SimulatedMousePooled, SimulatedMouseRDM

benchmark_registry['SimulatedMouse.VISp-pls'] = lambda: SimulatedMouse('VISp')
benchmark_registry['SimulatedMouse.VISl-pls'] = lambda: SimulatedMouse('VISl')
benchmark_registry['SimulatedMouse.VISp-pls_pooled'] = lambda: SimulatedMousePooled('VISp')
benchmark_registry['SimulatedMouse.VISl-pls_pooled'] = lambda: SimulatedMousePooled('VISl')
benchmark_registry['SimulatedMouse.VISp-rdm'] = lambda: SimulatedMouseRDM('VISp')
benchmark_registry['SimulatedMouse.VISl-rdm'] = lambda: SimulatedMouseRDM('VISl')
