from brainscore_vision import model_registry
from .model import gabor_oracle, pixels64, random_features, twin_oracle

model_registry['pixels64'] = lambda: pixels64()
model_registry['random_features'] = lambda: random_features()
model_registry['gabor_oracle'] = lambda: gabor_oracle()
model_registry['twin_oracle'] = lambda: twin_oracle()
