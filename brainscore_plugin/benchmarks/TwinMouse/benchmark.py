"""Benchmarks on the twin mouse: neurons predicted by a network that was fitted to real ones."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_dataset
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.mouse_predictivity.variants import benchmark_variant

TIME_BIN = (0, 250)  # ms
SETTINGS = {'pls': {'protocol': 'quick'}}

BIBTEX = """@article{willeke2022sensorium,
  title = {The Sensorium competition on predicting large-scale mouse primary visual cortex activity},
  author = {Willeke, Konstantin F. and Fahey, Paul G. and Bashiri, Mohammad and Pede, Laura and Burg, Max F. and
            Blessing, Christoph and Cadena, Santiago A. and Ding, Zhiwei and Lurz, Konstantin-Klemens and
            Ponder, Kayla and Muhammad, Taliah and Patel, Saumil S. and Ecker, Alexander S. and Tolias, Andreas S. and
            Sinz, Fabian H.},
  journal = {arXiv preprint arXiv:2206.08666},
  year = {2022},
  url = {https://arxiv.org/abs/2206.08666}
}"""


def TwinMouse(variant: str) -> MousePredictivity:
    """Predictivity of the neurons that a twin predicts. No neuron was recorded; their tuning is that of real ones.

    **Neurons.** Three groups of 200 of one mouse's VISp, calcium-like. They stand where other recordings have animals,
    but differ less than animals do.

    **Protocol.** As of `SimulatedMouse`.

    Parameters
    ----------
    variant : 'pls', 'ridge', 'pls_pooled', 'rdm' or 'cka'
    """
    return benchmark_variant('TwinMouse', 'VISp', variant, load_trials, settings=SETTINGS, version=1,
                             several_mice=False, time_bin=TIME_BIN, bibtex=BIBTEX)


def load_trials() -> NeuroidAssembly:
    """Single trials, (5900 presentations, 600 neuroids)."""
    return load_dataset('TwinMouse').isel(time_bin=0)
