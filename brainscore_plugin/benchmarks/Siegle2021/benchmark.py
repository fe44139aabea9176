"""Benchmarks on Neuropixels recordings of six visual areas: Allen Visual Coding."""
from brainscore_vision.benchmarks.mouse_predictivity.allen_scenes import allen_scenes
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.data.Siegle2021.recording import load_recordings

TIME_BIN = (0, 250)  # ms

BIBTEX = """@article{siegle2021survey,
  title = {Survey of spiking in the mouse visual system reveals functional hierarchy},
  author = {Siegle, Joshua H. and Jia, Xiaoxuan and Durand, S{\\'e}verine and others},
  journal = {Nature},
  volume = {592},
  pages = {86--92},
  year = {2021},
  doi = {10.1038/s41586-020-03171-x},
  url = {https://doi.org/10.1038/s41586-020-03171-x}
}"""


def Siegle2021(area: str, variant: str) -> MousePredictivity:
    """Predictivity of a mouse visual area, Neuropixels recordings of Allen Visual Coding.

    **Neurons.** Units that pass AllenSDK's quality criteria and the filter `nayebi2023` (Nayebi et al. 2023, PLoS
    Comput Biol 19(10):e1011506): reliability of 0.5 or more in some 10 ms, not modulated by running, in mice of
    reliable units, and of each area the mice with the most such units.

    **Responses.** Spikes in the 250 ms of a scene, for every one of 50 trials; Nayebi et al. average a mouse's longest
    run of reliable 10 ms instead.

    **What the model sees** and **protocol**: those of `allen_scenes`, which the surveys share.

    Parameters
    ----------
    area : str
        VISp, VISl, VISal, VISam, VISpm or VISrl.
    variant : 'pls', 'ridge', 'pls_pooled', 'rdm' or 'cka'
    """
    return allen_scenes('Siegle2021', area, variant, load_recordings, version=1, time_bin=TIME_BIN, bibtex=BIBTEX)
