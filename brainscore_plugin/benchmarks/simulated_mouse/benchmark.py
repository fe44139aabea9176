"""Benchmarks on the simulated mouse: the embedded default, whose truth is known."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_dataset
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.mouse_predictivity.variants import benchmark_variant

TIME_BIN = (0, 250)  # ms
# 10 image splits x 5 trial halves suffice: these neurons are reliable
SETTINGS = {variant: {'protocol': 'quick'} for variant in ('pls', 'ridge')}

# The simulation is this project's; its neurons are the energy model of Adelson and Bergen.
BIBTEX = """@article{adelson1985spatiotemporal,
  title = {Spatiotemporal energy models for the perception of motion},
  author = {Adelson, Edward H. and Bergen, James R.},
  journal = {Journal of the Optical Society of America A},
  volume = {2},
  number = {2},
  pages = {284--299},
  year = {1985},
  doi = {10.1364/JOSAA.2.000284},
  url = {https://doi.org/10.1364/JOSAA.2.000284}
}"""


def SimulatedMouse(area: str, variant: str) -> MousePredictivity:
    """Predictivity of the simulated neurons of an area.

    **Protocol.**

    - 'pls': noise-corrected PLS predictivity, protocol `quick` (metric `noise_corrected_pls`).
    - 'ridge': the same by ridge regression, protocol `quick` (`noise_corrected_ridge`).
    - 'pls_pooled': the published measure, which pools neurons, as the released code computes it, 100 image splits
      (`noise_corrected_pls_pooled`). For comparison only: chance reaches high values.
    - 'rdm': similarity of the animals' dissimilarity matrices to the model's (`mouse_rdm`).
    - 'cka': linear centred kernel alignment, debiased and corrected for noise (`mouse_cka`).

    Parameters
    ----------
    area : 'VISp' or 'VISl'
    variant : 'pls', 'ridge', 'pls_pooled', 'rdm' or 'cka'
    """
    return benchmark_variant('SimulatedMouse', area, variant, lambda: load_area(area), settings=SETTINGS, version=2,
                             time_bin=TIME_BIN, bibtex=BIBTEX)


def load_area(area: str) -> NeuroidAssembly:
    """Spike counts of one area, (5900 presentations, 180 neuroids)."""
    assembly = load_dataset('SimulatedMouse')
    stimulus_set = assembly.attrs['stimulus_set']
    assembly = assembly.isel(neuroid=np.flatnonzero(assembly['region'].values == area)).isel(time_bin=0)
    assembly.load()
    assembly.attrs['stimulus_set'] = stimulus_set
    return assembly
