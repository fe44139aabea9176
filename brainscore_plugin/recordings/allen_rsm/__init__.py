"""Conwell2021: similarity matrices of 21 sites of the Allen survey, as published by Conwell et al. (2021)."""
IDENTIFIER = 'Conwell2021'  # Brain-Score's
