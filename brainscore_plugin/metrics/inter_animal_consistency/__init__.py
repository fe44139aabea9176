from brainscore_vision import metric_registry
from .metric import InterAnimalConsistency

metric_registry['inter_animal_consistency'] = InterAnimalConsistency
