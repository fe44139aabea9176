"""What is said where a packaged recording is damaged or absent."""
import fcntl

import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision.data.mouse_recordings.loading import load_assembly
from fabricated.packaged_recording import DAMAGES, package

from brainscore_plugin.data.mouse_recordings.layout import packaged

ABSENT = 'Fetch it: 1 GB, CC BY.'


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Brain-Score's data home, empty."""
    home = tmp_path / '.brainio'
    monkeypatch.setattr(fetch, '_local_data_path', str(home))
    return home


@pytest.mark.parametrize(('damage', 'message'), [('truncated assembly', 'assy_Test2020.nc has changed'),
                                                 ('missing image', 'scene_01.png is missing'),
                                                 ('changed table', 'csv has changed')])
def test_loading_names_the_damaged_file(damage, message, home):
    package()
    DAMAGES[damage][0](packaged('Test2020'))
    with pytest.raises(ValueError, match=f'{message}.*Package Test2020 again'):
        load_assembly('Test2020', ABSENT)


def test_absent_recordings_say_how_to_get_them(home):
    with pytest.raises(FileNotFoundError, match=r'Nowhere2020 are not in .*\. Fetch it: 1 GB, CC BY\.'):
        load_assembly('Nowhere2020', ABSENT)


def test_a_locked_file_is_not_called_damaged(home):
    """As another program holds it, or as some network disks answer every lock."""
    package()
    path = packaged('Test2020').assembly
    with path.open('rb') as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(OSError, match='assy_Test2020.nc is as it was packaged, but cannot be read: .*'
                                          'HDF5_USE_FILE_LOCKING=FALSE') as caught:
            load_assembly('Test2020', ABSENT)
    assert 'again' not in str(caught.value)
    assert load_assembly('Test2020', ABSENT).shape == (12, 2, 1)


@pytest.mark.parametrize('damage', ['damaged sidecar', 'another sidecar', 'changed table'])
def test_damage_that_no_number_would_show_is_found(damage, home):
    package()
    DAMAGES[damage][0](packaged('Test2020'))
    with pytest.raises(ValueError, match=DAMAGES[damage][1]):
        load_assembly('Test2020', ABSENT)
