"""Which recordings are asked for."""
from study.recordings import choose_recordings


def test_a_recording_is_taken_once():
    assert [recording.name for recording in choose_recordings(['simulated', 'simulated'])] == ['simulated']
