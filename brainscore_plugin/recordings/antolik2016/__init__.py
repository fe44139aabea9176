"""Antolik2016: two-photon calcium imaging of VISp, 260 neurons, natural images (Antolík et al. 2016)."""
IDENTIFIER = 'Antolik2016'  # Brain-Score's
