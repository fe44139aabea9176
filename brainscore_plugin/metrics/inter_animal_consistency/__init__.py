from brainscore_vision import metric_registry
from .metric import InterAnimalConsistency, InterAnimalConsistencyRidge

metric_registry['inter_animal_consistency'] = InterAnimalConsistency
metric_registry['inter_animal_consistency_ridge'] = InterAnimalConsistencyRidge
