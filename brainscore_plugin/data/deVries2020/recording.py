"""Loads the calcium responses of the Allen Brain Observatory, and the natural scenes that they are responses to."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.filters import choose
from brainscore_vision.data.mouse_recordings.storage import load_assembly, load_stimulus_set

from .filters import PRESETS

IDENTIFIER = 'deVries2020'
ABSENT = ("'brainscore-mouse recordings fetch allen-calcium' gets them, about 150 GB to download of which 3 GB remain "
          '(Allen Institute terms of use: non-commercial, with citation; CC BY 4.0 on DANDI 000728), then '
          "'brainscore-mouse recordings package allen-calcium --from CACHE'.")


def load_scenes(identifier: str = IDENTIFIER) -> StimulusSet:
    """The 118 natural scenes, ids ``allen_ns_000`` to ``allen_ns_117``, 8-bit grey PNGs of 1174 x 918.

    Raises
    ------
    FileNotFoundError
        If the recordings are not packaged; names the commands that get them, their size and licence.
    ValueError
        If a file is damaged.
    """
    return load_stimulus_set(identifier, ABSENT)


def load_responses(identifier: str = IDENTIFIER) -> NeuroidAssembly:
    """Responses of all cells; see :func:`load_recordings`."""
    return load_recordings(identifier=identifier)


def load_recordings(area: str | None = None, preset: str = 'none', identifier: str = IDENTIFIER) -> NeuroidAssembly:
    """Responses of the cells of an area that a filter leaves; prints how many these are.

    Parameters
    ----------
    area : str, optional
        VISp, VISl, VISal, VISam, VISpm or VISrl; all by default.
    preset : str
        One of :data:`~.filters.PRESETS`.
    identifier : str
        'deVries2020', mean dF/F in %, or 'deVries2020.events', mean magnitude of events.

    Returns
    -------
    NeuroidAssembly, float32, shape (5900 presentations, n_cells, 1 time bin)
        118 scenes x 50 repetitions, NaN where a presentation is missing; the README explains the coordinates.

    Raises
    ------
    FileNotFoundError, ValueError
        As of :func:`load_scenes`; ValueError too if no cell is left.
    """
    return load_assembly(identifier, ABSENT, keep=lambda cells: choose(cells, PRESETS, preset, area))
