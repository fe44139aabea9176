from brainscore_vision import model_registry
from .model import alexnet64

model_registry['alexnet64_untrained'] = lambda: alexnet64('alexnet64_untrained')
