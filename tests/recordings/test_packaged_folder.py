"""Folders of packaged recordings are complete or as they were, whatever happens while they are written."""
import errno
import multiprocessing
import os
import signal

import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from fabricated.packaged_recording import IDS, IMAGES, N_TRIALS, TABLE, neurons, package

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings import packaged_folder as module
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.packaged_folder import check_data_home, packaged_folder


def sidecar_and_files(layout):
    return {path: path.read_bytes() for path in layout.directory.rglob('*') if path.is_file()}


FAULTS_OF_PACKAGING = {
    'a repeated stimulus': (lambda layout: write_stimuli(layout, TABLE.replace('scene_01', 'scene_00'), IMAGES),
                            ValueError, "'scene_00' occurs twice"),
    'too few images': (lambda layout: write_stimuli(layout, TABLE, IMAGES[:2]), ValueError, '2 images for 3'),
    'too many images': (lambda layout: write_stimuli(layout, TABLE, IMAGES + IMAGES), ValueError,
                          'more than 3 images for 3'),
    'a 16-bit image': (lambda layout: write_stimuli(layout, TABLE, [image.astype(np.uint16) for image in IMAGES]),
                         ValueError, 'scene_00.png is uint16'),
    'an RGBA image': (lambda layout: write_stimuli(layout, TABLE, [np.zeros((5, 7, 4), np.uint8)] * 3), ValueError,
                        r'\(5, 7, 4\)'),
    'no neurons': (lambda layout: write(layout, []), ValueError, 'no neurons'),
    'missing trials': (lambda layout: write(layout, [(np.ones((3, 3, 2)), neurons(2))]), ValueError,
                        r'\(3, 3, 2\) are not 12 presentations x 2 neurons'),
    'fewer neurons than rows': (lambda layout: write(layout, [(np.ones((3, 4, 2)), neurons(3))]), ValueError,
                                '3 neurons'),
    'other columns': (lambda layout: write(layout, [(np.ones((3, 4, 2)), neurons(2)),
                                                    (np.ones((3, 4, 2)), neurons(2, 2).drop(columns='region'))]),
                      ValueError, 'those before had'),
    'a full disk': (lambda layout: fail(OSError(errno.ENOSPC, 'No space left on device')), OSError, 'disk is full'),
    'a stop by the user': (lambda layout: fail(KeyboardInterrupt('^C')), KeyboardInterrupt, r'\^C'),
}


def write(layout, sessions):
    with AssemblyWriter(layout.assembly, image_trials(IDS, N_TRIALS), [(0, 250)]) as writer:
        for responses, table in sessions:
            writer.append(responses, table)


def fail(error):
    raise error


@pytest.mark.parametrize('fault', FAULTS_OF_PACKAGING)
def test_a_fault_while_packaging_is_a_clear_error_and_leaves_what_was_packaged(fault, home):
    cause, error, message = FAULTS_OF_PACKAGING[fault]
    before = sidecar_and_files(package())
    with pytest.raises(error, match=message), packaged_folder('Test2020', {}) as layout:
        cause(layout)
    assert sidecar_and_files(packaged('Test2020')) == before
    assert {path.name for path in home.iterdir()} <= {'Test2020', '.Test2020.lock'}


def test_a_full_disk_is_recognised_behind_the_error_of_the_netcdf_library(home, monkeypatch):
    monkeypatch.setattr(module, '_is_full', lambda directory: True)
    with pytest.raises(OSError, match='disk is full.*BRAINIO_HOME'), packaged_folder('Test2020', {}):
        raise RuntimeError('NetCDF: HDF error')


def test_two_packagers_at_once(home):
    with packaged_folder('Test2020', {}) as layout:
        with pytest.raises(RuntimeError, match='being packaged by another process'), packaged_folder('Test2020', {}):
            pass
        assert layout.directory.is_dir()
        layout.stimuli_csv.write_text('of the first')
    assert packaged('Test2020').stimuli_csv.read_text() == 'of the first'


def package_and_hang(home, ready):
    fetch._local_data_path = str(home)
    with packaged_folder('Test2020', {}) as layout:
        layout.assembly.write_text('half')
        ready.set()
        signal.pause()


def test_a_packager_that_is_killed_leaves_nothing_that_matters(home):
    before = sidecar_and_files(package())
    ready = multiprocessing.get_context('fork').Event()
    packager = multiprocessing.get_context('fork').Process(target=package_and_hang, args=(home, ready))
    packager.start()
    assert ready.wait(20)
    os.kill(packager.pid, signal.SIGKILL)
    packager.join()
    assert sidecar_and_files(packaged('Test2020')) == before
    assert package().damage() == []
    assert {path.name for path in home.iterdir()} == {'Test2020', '.Test2020.lock'}


def test_a_packager_that_is_killed_between_two_renames_loses_nothing(home):
    layout = package()
    before = sidecar_and_files(layout)
    layout.directory.rename(layout.directory.with_name('.Test2020.former'))
    with pytest.raises(ValueError, match='stop'), packaged_folder('Test2020', {}):
        fail(ValueError('stop'))
    assert sidecar_and_files(layout) == before


def test_room_is_checked_where_the_recording_will_be(home):
    with pytest.raises(OSError, match=r'Packaging needs 1,000,000,000,\d+ MB. Make room, or set BRAINIO_HOME') as error:
        check_data_home(None, 10 ** 18, 'Packaging')
    assert str(home.parent) in str(error.value)
