"""Benchmarks on two-photon calcium imaging of six visual areas: Allen Visual Coding."""
from brainscore_vision.benchmarks.mouse_predictivity.allen_scenes import allen_scenes
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.data.deVries2020.recording import load_recordings

TIME_BIN = (0, 467)  # ms, of the responses

BIBTEX = """@article{devries2020large,
  title = {A large-scale standardized physiological survey reveals functional organization of the mouse visual cortex},
  author = {de Vries, Saskia E. J. and Lecoq, Jerome A. and Buice, Michael A. and others},
  journal = {Nature Neuroscience},
  volume = {23},
  pages = {138--151},
  year = {2020},
  doi = {10.1038/s41593-019-0550-9},
  url = {https://doi.org/10.1038/s41593-019-0550-9}
}"""


def deVries2020(area: str, variant: str) -> MousePredictivity:
    """Predictivity of a mouse visual area, two-photon calcium imaging of Allen Visual Coding.

    **Neurons.** Filter `nayebi2023` (Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506): reliability of 0.75 or
    more, not modulated by running, and of each area the mice with the most such neurons.

    **Responses.** Mean change of fluorescence over 467 ms from a scene's onset, in per cent of the 933 ms before, for
    every one of 50 trials. Scenes follow each other after 250 ms, so the window overlaps the next one.

    **What the model sees** and **protocol**: those of `allen_scenes`, which the surveys share.

    Parameters
    ----------
    area : str
        VISp, VISl, VISal, VISam, VISpm or VISrl.
    variant : 'pls', 'ridge', 'pls_pooled', 'rdm' or 'cka'
    """
    return allen_scenes('deVries2020', area, variant, load_recordings, version=1, time_bin=TIME_BIN, bibtex=BIBTEX)
