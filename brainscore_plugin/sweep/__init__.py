"""Every model x layer x benchmark, scored in parallel, kept task by task and resumed where it stopped."""
from .results import load_results
from .schedule import SweepFailed, sweep

__all__ = ['SweepFailed', 'load_results', 'sweep']
