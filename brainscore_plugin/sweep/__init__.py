"""Every model x layer x benchmark, scored in parallel, kept cell by cell and resumed where it stopped."""
from .cells import load_results
from .schedule import SweepFailed, sweep

__all__ = ['SweepFailed', 'load_results', 'sweep']
