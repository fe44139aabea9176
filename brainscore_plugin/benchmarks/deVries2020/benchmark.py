"""Benchmarks on two-photon calcium imaging of six visual areas: Allen Visual Coding."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.mouse_predictivity.variants import variant
from brainscore_vision.data.deVries2020.recording import load_recordings as load_area

TIME_BIN = (0, 467)  # ms, of the responses
FILTER = 'nayebi2023'

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


def deVries2020(area: str, metric: str) -> MousePredictivity:
    """Predictivity of a mouse visual area, two-photon calcium imaging of Allen Visual Coding.

    **Neurons.** Filter `nayebi2023` (Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506): reliability of 0.75 or
    more, not modulated by running, and of each area the mice with the most such neurons.

    **Responses.** Mean change of fluorescence over 467 ms from a scene's onset, in per cent of the 933 ms before, for
    every one of 50 trials. Scenes follow each other after 250 ms, so the window overlaps the next one.

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
    return MousePredictivity(identifier=f'deVries2020.{area}-{metric}', area=area, version=1,
                             load_recordings=lambda: load_recordings(area), time_bin=TIME_BIN, bibtex=BIBTEX,
                             neuron_filter=FILTER, **variant(metric))


def load_recordings(area: str) -> NeuroidAssembly:
    """Single-trial responses of the cells of `area` that the filter leaves, (5900 presentations, neuroids)."""
    return load_area(area, FILTER).isel(time_bin=0)
