"""Loads the recordings of the Allen survey, which are responses to the same 118 natural scenes."""
from dataclasses import dataclass

from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.storage import load_assembly, load_stimulus_set

from .neuron_selection import Selection, select


@dataclass(frozen=True)
class AllenRecording:
    """A recording of the Allen survey, as it is packaged.

    Parameters
    ----------
    identifier : str
        Such as 'deVries2020'.
    absent : str
        What to tell the user if it is not packaged: the commands that get it, their size and licence.
    selections : dict of str to Selection
        Published selections of its neurons.
    with_scenes : tuple of str
        Identifiers that have a stimulus set of their own; all others have that of `identifier`.
    """
    identifier: str
    absent: str
    selections: dict[str, Selection]
    with_scenes: tuple[str, ...]

    def load_scenes(self, identifier: str | None = None) -> StimulusSet:
        """The 118 natural scenes, ids ``allen_ns_000`` to ``allen_ns_117``, 8-bit grey PNGs of 1174 x 918.

        Raises
        ------
        FileNotFoundError
            If the recording is not packaged; names the commands that get it, its size and licence.
        ValueError
            If a file is damaged.
        """
        return load_stimulus_set(identifier or self.identifier, self.absent)

    def load_recordings(self, area: str | None = None, selection: str = 'none',
                        identifier: str | None = None) -> NeuroidAssembly:
        """Single-trial responses of the selected neurons of an area; prints how many these are.

        Parameters
        ----------
        area : str, optional
            VISp, VISl, VISal, VISam, VISpm or VISrl; all by default.
        selection : str
            One of the recording's `selections`.
        identifier : str, optional
            Of responses of another kind, such as 'deVries2020.events' or 'Siegle2021.binned'.

        Returns
        -------
        NeuroidAssembly, float32, shape (5900 presentations, n_neurons, n_time_bins)
            118 scenes x 50 trials in the order of their showing, NaN where a presentation is missing; the README of
            the recording explains the coordinates.

        Raises
        ------
        FileNotFoundError, ValueError
            As of :meth:`load_scenes`; ValueError too if no neuron is left.
        """
        identifier = identifier or self.identifier
        return load_assembly(identifier, self.absent,
                             keep=lambda neurons: select(neurons, self.selections, selection, area),
                             stimuli=identifier if identifier in self.with_scenes else self.identifier)
