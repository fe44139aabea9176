from brainscore_vision import model_registry
from .model import alexnet64

model_registry['alexnet64_untrained'] = lambda: alexnet64('alexnet64_untrained')
model_registry['alexnet64_kaiming'] = lambda: alexnet64('alexnet64_kaiming')
model_registry['alexnet64_simclr_imagenet'] = lambda: alexnet64('alexnet64_simclr_imagenet')
model_registry['alexnet64_simclr_real'] = lambda: alexnet64('alexnet64_simclr_real')
model_registry['alexnet64_simclr_painting'] = lambda: alexnet64('alexnet64_simclr_painting')
model_registry['alexnet64_simclr_clipart'] = lambda: alexnet64('alexnet64_simclr_clipart')
model_registry['alexnet64_simclr_infograph'] = lambda: alexnet64('alexnet64_simclr_infograph')
model_registry['alexnet64_simclr_sketch'] = lambda: alexnet64('alexnet64_simclr_sketch')
model_registry['alexnet64_simclr_quickdraw'] = lambda: alexnet64('alexnet64_simclr_quickdraw')
model_registry['alexnet64_simclr_cremi'] = lambda: alexnet64('alexnet64_simclr_cremi')
