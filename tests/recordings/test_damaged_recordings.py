"""Whatever becomes of a file of a recording or a result, its reader reads it or names it in one line.

BRAINSCORE_MOUSE_DAMAGED_FILES sets how many variants are tried of each reader; a few by default.
"""
import json
import os
import random

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision.benchmarks.mouse_predictivity.activations import _check_image
from brainscore_vision.data.mouse_recordings.loading import load_assembly, neuron_table
from fabricated.damage import damaged
from fabricated.packaged_recording import package
from fabricated.sensorium import IMAGE_SHAPE, make_mouse, tiers_and_images
from PIL import Image

from brainscore_plugin.recordings.in_allen_environment.session_file import read_session, write_session
from brainscore_plugin.recordings.sensorium2022.mice import PUBLIC
from brainscore_plugin.recordings.sensorium2022.published_mouse import open_mouse
from brainscore_plugin.recordings.verify import verify
from brainscore_plugin.submit.versions import read_versions
from brainscore_plugin.sweep.results import load_results, read_summary, write_result
from brainscore_plugin.sweep.tasks import Task

VARIANTS = int(os.environ.get('BRAINSCORE_MOUSE_DAMAGED_FILES', '8'))
ONE_LINE = (OSError, ValueError)
TASK = Task('model', 'layer', 'Mine2026.VISp-pls')
ROWS = pd.DataFrame({'animal': ['a'], 'split': [0], 'value': [.1], 'animal_value': [.1], 'raw': .1, 'ceiling': .9,
                     'n_neurons': 3, 'n_nan': 0, 'seed': 0, 'protocol': 'quick', 'versions': ''})


def read_mouse(folder):
    mouse = open_mouse(folder)
    mouse.image(0), mouse.responses(0)


def mouse_of(path):
    return read_mouse(path.parent.parent.parent)


READERS = {
    'assy_Test2020.nc': lambda path: (load_assembly('Test2020', ''), neuron_table('Test2020', '')),
    'stimulus_Test2020.csv': lambda path: load_assembly('Test2020', ''),
    'Test2020.json': lambda path: load_assembly('Test2020', ''),
    'scene_00.png': lambda path: verify('Test2020'), 'shown.png': lambda path: _check_image(str(path)),
    'data/images/0.npy': mouse_of, 'data/responses/0.npy': mouse_of, 'meta/neurons/unit_ids.npy': mouse_of,
    'meta/neurons/area.npy': mouse_of, 'meta/trials/tiers.npy': mouse_of,
    'session.h5': read_session, 'versions.json': read_versions,
    'layer.parquet': lambda path: (read_summary(TASK, path.parents[3]), load_results(path.parents[3])),
}


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Path of a whole file for every reader."""
    root = tmp_path_factory.mktemp('whole')
    rng = np.random.default_rng(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, '_local_data_path', str(root / '.brainio'))
        layout = package()
        tiers, images = tiers_and_images(6, 1, 2, 2, 0)
        mouse = make_mouse(root, PUBLIC[0].key, rng.integers(0, 256, (20, *IMAGE_SHAPE)), images, tiers,
                           rng.gamma(1, 1, (len(tiers), 3)))
        write_session(root / 'session.h5', rng.random((3, 4, 2)), pd.DataFrame({'neuroid_id': ['a', 'b']}), {'by': 1})
        one = {'version_id': 'null', 'sha1': 40 * 'a'}
        (root / 'versions.json').write_text(json.dumps({'deVries2020': {'bucket': 'b', 'assembly': one}}))
        Image.fromarray(rng.integers(0, 256, (40, 50), dtype=np.uint8)).save(root / 'shown.png')
        write_result(TASK, root / 'sweep', ROWS, {'value': .1}, 'digest')
        found = {name: mouse / name for name in READERS if '/' in name} | {
            name: root / name for name in ('session.h5', 'versions.json', 'shown.png')}
        found |= {path.name: path for path in layout.directory.rglob('*')} | {
            'layer.parquet': TASK.result_path(root / 'sweep')}
        yield found


@pytest.mark.parametrize('name', READERS)
def test_a_damaged_file_is_read_or_named(name, files):
    path, rng = files[name], random.Random(f'{name} 0')
    whole = path.read_bytes()
    READERS[name](path)
    try:
        for number in range(VARIANTS):
            content, how = damaged(whole, rng)
            path.write_bytes(content)
            try:
                READERS[name](path)
            except ONE_LINE as error:
                text = str(error)
                assert str(path) in text or str(path.parent) in text, f'variant {number}, {how}: {text!r}'
                assert '\n' not in text.strip(), f'variant {number}, {how}: {text!r}'
            except Exception as error:
                pytest.fail(f'variant {number}, {how}: {type(error).__name__}: {error}')
    finally:
        path.write_bytes(whole)
