"""Benchmarks on Sensorium 2022: thousands of neurons of a mouse's primary visual cortex, thousands of images."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.mouse_predictivity.variants import VARIANTS, benchmark_variant

MICE = ('21067-10-18', '22846-10-16', '23343-5-17', '23656-14-22', '23964-4-22')
TIME_BIN = (50, 550)  # ms
LEAST_STD = .01  # of the mean over neurons: none is scaled up by more than that, see _load_trials

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


def Willeke2022(variant: str) -> MousePredictivity:
    """Predictivity of mouse VISp, two-photon calcium imaging, five mice.

    **Neurons.** All; none is filtered out. The two mice of the competition are not used: their test responses are
    withheld.

    **Images.** Divided by identity, as published: for each mouse about 5,000 images shown once (tiers train and
    validation), other than another mouse's, to fit on; 100 images shown 10 times (tier test) to score on.

    **Responses.** Deconvolved calcium activity, one number a trial, in units of the neuron's standard deviation over
    training trials, as in the competition (a standard deviation below 1 % of the mean one counts as that). The
    correlations are blind to the unit; the regression, which all neurons of a mouse share, is not.

    **What the model sees.** The greyscale images of 144 x 256 pixels fill its field of view, whatever it is. A model
    of square images squashes them: width is reduced 16/9 times as much as height, as in the study of image domains
    (Prasad, Manor & Pereira 2022), and nothing is cut off or padded.

    **Protocol.**

    - 'pls': PLS with 25 components fitted to single trials of the training images, scored on the repeated images and
      corrected for the noise of their responses by 10 random halvings of the 10 trials; median over neurons, mean over
      mice (metric `noise_corrected_pls_held_out`).
    - 'pls_pooled': the same with correlations over all images and neurons of a mouse at once, even and odd trials,
      median over mice; for comparison with the study of image domains, which pools too, but correlates single trials,
      divided at random, so that trials of one image are in training and test.
    - 'rdm': similarity of the mice's dissimilarity matrices of the repeated images to the model's (`mouse_rdm`).

    Parameters
    ----------
    variant : 'pls', 'pls_pooled' or 'rdm'
    """
    fits = VARIANTS[variant].held_out_metric is not None
    return benchmark_variant('Willeke2022', 'VISp', variant, lambda: load_test_trials(with_training_images=fits),
                             load_training_trials, version=1, time_bin=TIME_BIN, bibtex=BIBTEX)


def load_test_trials(with_training_images: bool) -> NeuroidAssembly:
    """Responses of all mice to the repeated images, (presentation, neuroid), NaN where a mouse did not see an image.

    Parameters
    ----------
    with_training_images : bool
        Whether the stimulus set among the attributes holds the images that were shown for training, too.
    """
    mice = [_load_trials(mouse, test=True) for mouse in MICE]
    shown = sorted({key for mouse in mice for key in _keys(mouse)})
    row = {key: i for i, key in enumerate(shown)}
    values = np.full((len(shown), sum(mouse.sizes['neuroid'] for mouse in mice)), np.nan, np.float32)
    first = 0
    for mouse in mice:
        last = first + mouse.sizes['neuroid']
        values[[row[key] for key in _keys(mouse)], first:last] = mouse.values
        first = last
    assembly = NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', [stimulus_id for stimulus_id, _ in shown]),
        'repetition': ('presentation', [repetition for _, repetition in shown]),
        **{name: ('neuroid', np.concatenate([mouse[name].values for mouse in mice]))
           for name in ('neuroid_id', 'animal', 'region')}})
    stimuli = load_stimulus_set('Willeke2022')
    assembly.attrs['stimulus_set'] = stimuli if with_training_images else _only(stimuli, {key[0] for key in shown})
    return assembly


def load_training_trials(animal: str) -> NeuroidAssembly:
    """Single trials of one mouse, such as '21067', of the tiers train and validation: (presentation, neuroid)."""
    (mouse,) = (mouse for mouse in MICE if mouse.split('-')[0] == animal)
    return _load_trials(mouse, test=False)


def _load_trials(mouse: str, test: bool) -> NeuroidAssembly:
    assembly = load_dataset(f'Willeke2022.{mouse}').isel(time_bin=0)
    is_test = assembly['tier'].values == 'test'
    # scaled by the training trials alone
    std = assembly.values[~is_test].std(axis=0)
    assembly = assembly.isel(presentation=np.flatnonzero(is_test == test))
    return assembly.copy(data=assembly.values / np.maximum(std, LEAST_STD * std.mean()))


def _keys(mouse: NeuroidAssembly) -> list[tuple[str, int]]:
    return list(zip(mouse['stimulus_id'].values, mouse['repetition'].values))


def _only(stimuli: StimulusSet, stimulus_ids: set[str]) -> StimulusSet:
    """The test images alone."""
    few = stimuli[stimuli['stimulus_id'].isin(stimulus_ids)]
    few.stimulus_paths, few.identifier = stimuli.stimulus_paths, f'{stimuli.identifier}--test'
    return few
