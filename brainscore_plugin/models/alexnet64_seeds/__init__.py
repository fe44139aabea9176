from brainscore_vision import model_registry
from .model import kaiming, untrained

model_registry['alexnet64_untrained_seed1'] = lambda: untrained(1)
model_registry['alexnet64_untrained_seed2'] = lambda: untrained(2)
model_registry['alexnet64_untrained_seed3'] = lambda: untrained(3)
model_registry['alexnet64_untrained_seed4'] = lambda: untrained(4)
model_registry['alexnet64_kaiming_seed1'] = lambda: kaiming(1)
model_registry['alexnet64_kaiming_seed2'] = lambda: kaiming(2)
