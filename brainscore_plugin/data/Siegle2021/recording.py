"""Loads the spike counts of Allen Visual Coding, Neuropixels, and the natural scenes that they are responses to."""
from brainscore_vision.data.mouse_recordings.allen_recording import AllenRecording

from .neuron_selection import SELECTIONS

ABSENT = ("'brainscore-mouse recordings fetch allen-neuropixels' gets them, about 80 GB to download of which 1 GB "
          'remains (Allen Institute terms of use: non-commercial, with citation; CC BY 4.0 on DANDI 000021), then '
          "'brainscore-mouse recordings package allen-neuropixels --from CACHE'.")

# Siegle2021 has the spikes in the 250 ms of a presentation, Siegle2021.binned those in 25 bins of 10 ms
_RECORDING = AllenRecording('Siegle2021', ABSENT, SELECTIONS, with_scenes=('Siegle2021',))
load_scenes, load_recordings = _RECORDING.load_scenes, _RECORDING.load_recordings
