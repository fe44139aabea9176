"""Benchmarks on the simulated mouse: the embedded default, whose truth is known."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_dataset, load_metric
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity

TIME_BIN = (0, 250)  # ms

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


def SimulatedMouse(area: str) -> MousePredictivity:
    """Noise-corrected PLS predictivity of the simulated neurons of `area`, 'VISp' or 'VISl'.

    The quick protocol (10 image splits x 5 trial halves) suffices: these neurons are reliable.
    """
    return MousePredictivity(identifier=f'SimulatedMouse.{area}-pls', area=area, version=1,
                             load_recordings=lambda: load_recordings(area),
                             metric=load_metric('noise_corrected_pls', protocol='quick'),
                             time_bin=TIME_BIN, bibtex=BIBTEX)


def load_recordings(area: str) -> NeuroidAssembly:
    """Spike counts of one area, (5900 presentations, 180 neuroids)."""
    assembly = load_dataset('SimulatedMouse')
    stimulus_set = assembly.attrs['stimulus_set']
    assembly = assembly.isel(neuroid=np.flatnonzero(assembly['region'].values == area)).isel(time_bin=0)
    assembly.load()
    assembly.attrs['stimulus_set'] = stimulus_set
    return assembly
