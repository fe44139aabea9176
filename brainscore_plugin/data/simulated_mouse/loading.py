"""Loads simulated recordings: stimulus sets and single trials."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, StimulusMergeAssemblyLoader
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_stimulus_set

from .recording_builder import SimulatedRecording


def simulated_stimulus_set(recording: SimulatedRecording) -> StimulusSet:
    """The scenes of a simulated recording, as 8-bit PNGs; built first where they are absent."""
    directory, name = recording.directory(), f'stimulus_{recording.identifier}'
    stimulus_set = StimulusSet.from_files(directory / f'{name}.csv', directory / name)
    stimulus_set.identifier = recording.identifier
    return stimulus_set


def simulated_assembly(recording: SimulatedRecording, identifier: str) -> NeuroidAssembly:
    """One assembly of a simulated recording, float32 (n_presentations, n_neuroids, 1 time bin), with its scenes."""
    stimulus_set = load_stimulus_set(recording.identifier)
    path = recording.directory() / f'assy_{identifier}.nc'
    assembly = StimulusMergeAssemblyLoader(cls=NeuroidAssembly, file_path=path, stimulus_set=stimulus_set,
                                           stimulus_set_identifier=recording.identifier).load()
    assembly.attrs['identifier'] = identifier
    return assembly
