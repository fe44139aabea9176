"""Siegle2021: Allen Brain Observatory, Visual Coding, Neuropixels (Siegle et al. 2021)."""
IDENTIFIER = 'Siegle2021'  # Brain-Score's
