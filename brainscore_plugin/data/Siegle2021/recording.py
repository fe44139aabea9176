"""Loads the spike counts of Allen Visual Coding, Neuropixels, and the natural scenes that they are responses to."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.filters import choose
from brainscore_vision.data.mouse_recordings.storage import load_assembly, load_stimulus_set

from .filters import PRESETS

IDENTIFIER = 'Siegle2021'
ABSENT = ("'brainscore-mouse recordings fetch allen-neuropixels' gets them, about 80 GB to download of which 1 GB "
          'remains (Allen Institute terms of use: non-commercial, with citation; CC BY 4.0 on DANDI 000021), then '
          "'brainscore-mouse recordings package allen-neuropixels --from CACHE'.")


def load_scenes() -> StimulusSet:
    """The 118 natural scenes, ids ``allen_ns_000`` to ``allen_ns_117``, 8-bit grey PNGs of 1174 x 918.

    Raises
    ------
    FileNotFoundError
        If the recordings are not packaged; names the commands that get them, their size and licence.
    ValueError
        If a file is damaged.
    """
    return load_stimulus_set(IDENTIFIER, ABSENT)


def load_responses(identifier: str = IDENTIFIER) -> NeuroidAssembly:
    """Spike counts of all units; see :func:`load_recordings`."""
    return load_recordings(identifier=identifier)


def load_recordings(area: str | None = None, preset: str = 'none', identifier: str = IDENTIFIER) -> NeuroidAssembly:
    """Spike counts of the units of an area that a filter leaves; prints how many these are.

    Parameters
    ----------
    area : str, optional
        VISp, VISl, VISal, VISam, VISpm or VISrl; all by default.
    preset : str
        One of :data:`~.filters.PRESETS`.
    identifier : str
        'Siegle2021', spikes in the 250 ms of a presentation, or 'Siegle2021.binned', in 25 bins of 10 ms.

    Returns
    -------
    NeuroidAssembly, float32, shape (5900 presentations, n_units, 1 or 25 time bins)
        118 scenes x 50 repetitions in the order of their showing, NaN where a presentation is missing; the README
        explains the coordinates.

    Raises
    ------
    FileNotFoundError, ValueError
        As of :func:`load_scenes`; ValueError too if no unit is left.
    """
    return load_assembly(identifier, ABSENT, keep=lambda units: choose(units, PRESETS, preset, area),
                         stimuli=IDENTIFIER)
