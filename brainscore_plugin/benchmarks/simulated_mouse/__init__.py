from brainscore_vision import benchmark_registry
from .benchmark import SimulatedMouse

benchmark_registry['SimulatedMouse.VISp-pls'] = lambda: SimulatedMouse('VISp')
benchmark_registry['SimulatedMouse.VISl-pls'] = lambda: SimulatedMouse('VISl')
