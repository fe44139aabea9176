"""Loaders of the packaged Sensorium 2022 recordings, each mouse apart: their training images are their own."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.layout import packaged
from brainscore_vision.data.mouse_recordings.loading import load_assembly, load_stimulus_set

IDENTIFIER = 'Willeke2022'
# animal-session-scan of the mice whose test responses are public; those of the competition's two are withheld
MICE = ('21067-10-18', '22846-10-16', '23343-5-17', '23656-14-22', '23964-4-22')
ABSENT = ("They may not be passed on, so get your own copy: 'brainscore-mouse recordings fetch sensorium2022' (5 zips "
          'from gin.g-node.org/cajal/Sensorium2022, about 3 GB, under the licence there), then '
          "'brainscore-mouse recordings package sensorium2022 --from CACHE'.")


def load_responses(mouse: str) -> NeuroidAssembly:
    """Single-trial responses of a mouse.

    Parameters
    ----------
    mouse : str
        One of :data:`MICE`.

    Returns
    -------
    NeuroidAssembly, float32, shape (n_trials, n_neurons, 1 time bin)
        Deconvolved calcium activity. Presentations are trials, in the order of the published files: coordinates
        stimulus_id, repetition (of the image) and tier (train, validation, test). Coordinates of the neuroids:
        see the README.

    Raises
    ------
    FileNotFoundError
        If the mouse is not packaged; names the commands that get it.
    ValueError
        If a file is damaged.
    """
    return load_assembly(f'{IDENTIFIER}.{mouse}', ABSENT)


def load_stimuli(mouse: str) -> StimulusSet:
    """The images that a mouse saw, 8-bit greyscale PNGs of 144 x 256; errors as of :func:`load_responses`."""
    return load_stimulus_set(f'{IDENTIFIER}.{mouse}', ABSENT)


def load_all_stimuli() -> StimulusSet:
    """The images that any of the five mice saw; one that several saw is there once.

    Raises
    ------
    FileNotFoundError
        If a mouse is not packaged; names the commands that get it.
    ValueError
        If a file is damaged, or two mice saw different images under the same id.
    """
    paths, sha1 = {}, {}
    for mouse in MICE:
        identifier = f'{IDENTIFIER}.{mouse}'
        shown = load_stimuli(mouse)
        sums = packaged(identifier).read_sidecar()['sha1']
        for stimulus_id, path in shown.stimulus_paths.items():
            content = sums[f'stimulus_{identifier}/{path.name}']
            if sha1.setdefault(stimulus_id, content) != content:
                raise ValueError(f"{path} is not the image that another mouse saw as '{stimulus_id}': package "
                                 'sensorium2022 again, from one download.')
            paths.setdefault(stimulus_id, path)
    stimulus_set = StimulusSet({'stimulus_id': list(paths), 'filename': [path.name for path in paths.values()]})
    stimulus_set.stimulus_paths = paths
    stimulus_set.identifier = IDENTIFIER
    return stimulus_set
