"""Loads the calcium responses of the Allen Brain Observatory, and the natural scenes that they are responses to."""
from brainscore_vision.data.mouse_recordings.allen_recording import AllenRecording

from .neuron_selection import SELECTIONS

ABSENT = ("'brainscore-mouse recordings fetch allen-calcium' gets them, about 150 GB to download of which 3 GB remain "
          '(Allen Institute terms of use: non-commercial, with citation; CC BY 4.0 on DANDI 000728), then '
          "'brainscore-mouse recordings package allen-calcium --from CACHE'.")

# deVries2020 is the mean dF/F in %, deVries2020.events the mean magnitude of events; one time bin
_RECORDING = AllenRecording('deVries2020', ABSENT, SELECTIONS, with_scenes=('deVries2020', 'deVries2020.events'))
load_scenes, load_recordings = _RECORDING.load_scenes, _RECORDING.load_recordings
