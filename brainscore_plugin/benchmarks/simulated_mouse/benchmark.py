"""Benchmarks on the simulated mouse: the embedded default, whose truth is known."""
import numpy as np
from brainscore_core.metrics import Metric
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_ceiling, load_dataset, load_metric
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
    return _benchmark(area, 'pls', load_metric('noise_corrected_pls', protocol='quick'))


def SimulatedMousePooled(area: str) -> MousePredictivity:
    """The published measure, which pools neurons, as the released code computes it (100 image splits).

    For comparison only: chance reaches high values.
    """
    return _benchmark(area, 'pls_pooled', load_metric('noise_corrected_pls_pooled'))


def SimulatedMouseRDM(area: str) -> MousePredictivity:
    """Similarity of the dissimilarity matrices of the simulated neurons of `area`, 'VISp' or 'VISl', to a model's."""
    return MousePredictivity(identifier=f'SimulatedMouse.{area}-rdm', area=area, version=1,
                             load_recordings=lambda: load_recordings(area), metric=load_metric('mouse_rdm'),
                             ceiler=load_ceiling('mouse_rdm_reliability'), time_bin=TIME_BIN, bibtex=BIBTEX)


def load_recordings(area: str) -> NeuroidAssembly:
    """Spike counts of one area, (5900 presentations, 180 neuroids)."""
    assembly = load_dataset('SimulatedMouse')
    stimulus_set = assembly.attrs['stimulus_set']
    assembly = assembly.isel(neuroid=np.flatnonzero(assembly['region'].values == area)).isel(time_bin=0)
    assembly.load()
    assembly.attrs['stimulus_set'] = stimulus_set
    return assembly


def _benchmark(area: str, name: str, metric: Metric) -> MousePredictivity:
    return MousePredictivity(identifier=f'SimulatedMouse.{area}-{name}', area=area, version=1,
                             load_recordings=lambda: load_recordings(area), metric=metric,
                             time_bin=TIME_BIN, bibtex=BIBTEX)
