"""Benchmarks on Neuropixels recordings of six visual areas: Allen Visual Coding."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.mouse_predictivity.variants import variant
from brainscore_vision.data.Siegle2021.recording import load_recordings as load_area

TIME_BIN = (0, 250)  # ms
FILTER = 'nayebi2023'

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


def Siegle2021(area: str, metric: str) -> MousePredictivity:
    """Predictivity of a mouse visual area, Neuropixels recordings of Allen Visual Coding.

    **Neurons.** Units that pass AllenSDK's quality criteria and the filter `nayebi2023` (Nayebi et al. 2023, PLoS
    Comput Biol 19(10):e1011506): reliability of 0.5 or more in some 10 ms, not modulated by running, in mice of
    reliable units, and of each area the mice with the most such units.

    **Responses.** Spikes in the 250 ms of a scene, for every one of 50 trials; Nayebi et al. average a mouse's longest
    run of reliable 10 ms instead.

    **What the model sees.** The 118 greyscale natural scenes, 918 x 1174 pixels, fill its field of view, whatever it
    is; a model of square pictures squashes them (width by 1174/918 more than height), and nothing is cut off.

    **Protocol.**

    - 'pls': 10 halvings of the images x 100 random halvings of the 50 trials, PLS with 25 components fitted to each
      half of the trials, noise correction per neuron; median over a mouse's neurons, mean over mice (metric
      `noise_corrected_pls`, protocol `nayebi2023`).
    - 'pls_pooled': correlations over all images and neurons of a mouse at once, 100 halvings of the images, even and
      odd trials, median over mice, as the study of image domains measured (Prasad, Manor & Pereira 2022;
      `noise_corrected_pls_pooled`, protocol `released_code`).
    - 'rdm': similarity of the mice's dissimilarity matrices to the model's (`mouse_rdm`).

    Parameters
    ----------
    area : str
        VISp, VISl, VISal, VISam, VISpm or VISrl.
    metric : 'pls', 'pls_pooled' or 'rdm'
    """
    return MousePredictivity(identifier=f'Siegle2021.{area}-{metric}', area=area, version=1,
                             load_recordings=lambda: load_recordings(area), time_bin=TIME_BIN, bibtex=BIBTEX,
                             neuron_filter=FILTER, **variant(metric))


def load_recordings(area: str) -> NeuroidAssembly:
    """Single-trial responses of the units of `area` that the filter leaves, (5900 presentations, neuroids)."""
    return load_area(area, FILTER).isel(time_bin=0)
