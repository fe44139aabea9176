"""What the benchmarks on the Allen Institute's surveys share: 118 natural scenes, shown 50 times each."""
from collections.abc import Callable

from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly

from .benchmark import MousePredictivity
from .variants import benchmark_variant

FILTER = 'nayebi2023'


def allen_scenes(recording: str, area: str, variant: str,
                 load_recordings: Callable[[str, str], NeuroidAssembly], **facts) -> MousePredictivity:
    """Predictivity of an area's neurons, which the filter `nayebi2023` chooses, for the natural scenes.

    **What the model sees.** The 118 greyscale natural scenes, 918 x 1174 pixels, fill its field of view, whatever it
    is; a model of square images squashes them (width by 1174/918 more than height), and nothing is cut off.

    **Protocol.**

    - 'pls': 10 halvings of the images x 100 random halvings of the 50 trials, PLS with 25 components fitted to each
      half of the trials, an animal's neurons corrected for noise together, mean over animals (metric
      `noise_corrected_pls`, protocol `nayebi2023`).
    - 'ridge': the same by ridge regression, a penalty for each neuron, and 10 halvings of the trials
      (`noise_corrected_ridge`).
    - 'pls_pooled': correlations over all images and neurons of an animal at once, 100 halvings of the images, even and
      odd trials, median over animals, as the study of image domains measured (Prasad, Manor & Pereira 2022;
      `noise_corrected_pls_pooled`, protocol `released_code`).
    - 'rdm': similarity of the animals' dissimilarity matrices to the model's (`mouse_rdm`).
    - 'cka': linear centred kernel alignment, debiased and corrected for noise (`mouse_cka`).

    Parameters
    ----------
    recording : str
        'deVries2020' or 'Siegle2021'.
    area : str
        VISp, VISl, VISal, VISam, VISpm or VISrl.
    variant : 'pls', 'ridge', 'pls_pooled', 'rdm' or 'cka'
    load_recordings : callable
        The data plugin's function: area and filter -> single trials, (5900 presentations, neuroid, time_bin).
    **facts
        Of :class:`~.benchmark.MousePredictivity`: version, time_bin and bibtex.
    """
    return benchmark_variant(recording, area, variant, lambda: load_recordings(area, FILTER).isel(time_bin=0),
                             neuron_selection=FILTER, **facts)
