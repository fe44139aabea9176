"""Mouse visual cortex for Brain-Score: models, recordings, metrics and benchmarks as Brain-Score plugins."""
__version__ = '0.1.0'
