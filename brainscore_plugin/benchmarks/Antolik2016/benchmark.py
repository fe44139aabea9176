"""Benchmarks on the recordings of Antolík et al. (2016): real neurons that need no download."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_ceiling, load_dataset, load_metric, load_stimulus_set
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity

TIME_BIN = (0, 500)  # ms
METRICS = {'pls': 'noise_corrected_pls_folds', 'pls_held_out': 'noise_corrected_pls_held_out', 'rdm': 'mouse_rdm',
           'ridge': 'noise_corrected_ridge', 'cka': 'mouse_cka'}
CEILINGS = {'rdm': 'mouse_rdm_reliability', 'cka': 'mouse_cka_reliability'}
# pls: errors by more simulated recordings; pls_held_out: mean over fields of ratios of means; rdm: cross-validated
VERSIONS = {'pls': 2, 'pls_held_out': 2, 'rdm': 2}
# Least difference between the scores of two models that 80 % of such recordings would show at the level of 5 %, by
# simulation: python bench/few_images.py prints it, in the line `below 1`; docs/method.md explains it.
RESOLVABLE = {'pls': .14, 'rdm': .12}

BIBTEX = """@article{antolik2016model,
  title = {Model Constrained by Visual Hierarchy Improves Prediction of Neural Responses to Natural Scenes},
  author = {Antol{\\'i}k, J{\\'a}n and Hofer, Sonja B. and Bednar, James A. and Mrsic-Flogel, Thomas D.},
  journal = {PLoS Computational Biology},
  volume = {12},
  number = {6},
  pages = {e1004927},
  year = {2016},
  doi = {10.1371/journal.pcbi.1004927},
  url = {https://doi.org/10.1371/journal.pcbi.1004927}
}"""


def Antolik2016(variant: str) -> MousePredictivity:
    """Predictivity of 260 neurons of layer 2/3 of mouse VISp, two-photon calcium imaging, three fields of view.

    **Neurons.** All. Each field of view is scored by itself, and the score is the mean of the three: two saw the same
    50 images, one saw others. They are of two mice; which of them a field is of is not published, so that the score's
    attribute ``animals`` holds fields of view.

    **What the model sees.** The greyscale images of 31 x 31 pixels, as they were published, fill its field of view.

    **Protocol.** 50 images cannot carry the protocol of 118 scenes, which fits 25 components to half of them.

    - 'pls': ten folds of the images; PLS with the number of components that predicts the training images best;
      correlations corrected for the noise of the responses (metric `noise_corrected_pls_folds`).
    - 'pls_held_out': fitted to the 1,260 to 1,800 images that a field saw once, scored on the 50
      (`noise_corrected_pls_held_out`). Their images must be packaged first.
    - 'ridge': ridge regression with a penalty for each neuron, fitted to halves of the images and of the trials
      (`noise_corrected_ridge`).
    - 'rdm': similarity of the fields' dissimilarity matrices to the model's, each neuron's responses less their mean
      (`mouse_rdm`).
    - 'cka': linear centred kernel alignment, debiased and corrected for noise (`mouse_cka`).

    **What differences mean.** The score's attribute ``resolvable_difference`` is what such a recording can tell apart.

    Parameters
    ----------
    variant : 'pls', 'pls_held_out', 'ridge', 'rdm' or 'cka'
    """
    fits = variant == 'pls_held_out'
    ceiling = load_ceiling(CEILINGS.get(variant, 'split_half_reliability'))
    load = load_with_training_images if fits else load_centred if variant == 'rdm' else load_trials
    return MousePredictivity(
        f'Antolik2016.VISp-{variant}', 'VISp', version=VERSIONS.get(variant, 1), load_recordings=load,
        metric=load_metric(METRICS[variant]), time_bin=TIME_BIN, bibtex=BIBTEX, ceiler=ceiling,
        load_training=load_training_trials if fits else None, resolvable_difference=RESOLVABLE.get(variant))


def load_trials() -> NeuroidAssembly:
    """Single trials of the repeated images, (1200 presentations, 260 neuroids), NaN where a field was not shown one."""
    return load_dataset('Antolik2016').isel(time_bin=0)


def load_centred() -> NeuroidAssembly:
    """The same, each neuron's responses less their mean over all trials.

    Neurons differ more in their mean than in how they respond, and a matrix of dissimilarities over neurons would
    mostly show which of them are active.
    """
    trials = load_trials()
    return trials.copy(data=trials.values - np.nanmean(trials.values, axis=0))


def load_with_training_images() -> NeuroidAssembly:
    """The same as :func:`load_trials`; the stimulus set among the attributes holds the training images, too."""
    stimuli, trials = load_stimulus_set('Antolik2016.training'), load_trials()
    trials.attrs['stimulus_set'] = stimuli
    return trials


def load_training_trials(field: str) -> NeuroidAssembly:
    """Responses of one field of view to the images it saw once, in units of a neuron's standard deviation."""
    trials = load_dataset('Antolik2016.training').isel(time_bin=0)
    trials = trials.isel(presentation=np.flatnonzero(trials['shown_to'].values == field),
                         neuroid=np.flatnonzero(trials['animal'].values == field))
    spread = trials.values.std(axis=0)
    return trials.copy(data=trials.values / np.where(spread > 0, spread, 1))
