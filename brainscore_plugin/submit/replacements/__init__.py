"""Whole files that a submission has in the place of a plugin's own file of the same name.

They run in a Brain-Score without this project, so that they import nothing of it.
"""
from pathlib import Path

REPLACEMENTS = Path(__file__).parent
