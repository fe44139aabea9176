"""deVries2020: Allen Brain Observatory, Visual Coding, two-photon calcium imaging (de Vries et al. 2020)."""
IDENTIFIER = 'deVries2020'  # Brain-Score's
