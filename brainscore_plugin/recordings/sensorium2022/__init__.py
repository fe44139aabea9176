"""Willeke2022: the Sensorium 2022 competition's two-photon calcium imaging (Willeke et al. 2022)."""
IDENTIFIER = 'Willeke2022'  # Brain-Score's
