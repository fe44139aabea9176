"""Loaders of the recordings of Antolík et al. (2016), which lie in this folder, and of their training images."""
from pathlib import Path

from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.storage import load_assembly, load_stimulus_set

IDENTIFIER, TRAINING = 'Antolik2016', 'Antolik2016.training'
EMBEDDED = Path(__file__).with_name('recordings')  # CC BY 4.0, see the README
BROKEN = 'They are part of brainscore-mouse: install it again.'
ABSENT = ("The training images, training_inputs.npy of supporting information S1 (about 25 MB) of "
          'https://doi.org/10.1371/journal.pcbi.1004927, are not part of brainscore-mouse; without them nothing can be '
          "fitted to the 1,260 to 1,800 images shown once, and 'Antolik2016.VISp-pls' fits to 45 images instead. With "
          "the supplement: 'brainscore-mouse recordings package antolik2016 --from FOLDER'.")


def load_responses() -> NeuroidAssembly:
    """Single-trial responses to the repeated images.

    Returns
    -------
    NeuroidAssembly, float32, shape (1200 presentations, 260 neurons, 1 time bin)
        100 images x 12 trials. NaN where a presentation is missing: two fields of view saw the first 50 images, one the
        others, in 10, 8 and 12 trials. The README explains the coordinates.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file of this plugin is missing or damaged.
    """
    return load_assembly(IDENTIFIER, BROKEN, home=EMBEDDED)


def load_stimuli() -> StimulusSet:
    """The 100 repeated images, 8-bit greyscale PNGs of 31 x 31; errors as of :func:`load_responses`."""
    return load_stimulus_set(IDENTIFIER, BROKEN, home=EMBEDDED)


def load_training_responses() -> NeuroidAssembly:
    """Responses to images that were shown once.

    Returns
    -------
    NeuroidAssembly, float32, shape (n_presentations, 260 neurons, 1 time bin)
        One field of view's presentations after another's (coordinate shown_to); NaN for the neurons of other fields.

    Raises
    ------
    FileNotFoundError
        If they are not packaged; says what is missing and what that costs.
    ValueError
        If a file is damaged.
    """
    return load_assembly(TRAINING, ABSENT)


def load_training_stimuli() -> StimulusSet:
    """The images of :func:`load_training_responses`, and the repeated ones; errors as there."""
    return load_stimulus_set(TRAINING, ABSENT)
