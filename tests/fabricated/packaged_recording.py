"""A small recording packaged into Brain-Score's data home, without any published files."""
import numpy as np
import pandas as pd

from brainscore_plugin.data.mouse_recordings.layout import Layout, packaged
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.packaged_folder import packaged_folder

IDS = ['scene_00', 'scene_01', 'scene_02']
N_TRIALS = 4
TABLE = pd.DataFrame({'stimulus_id': IDS, 'brightness': [.1, .2, .3]})
IMAGES = [np.full((5, 7), level, np.uint8) for level in (10, 20, 30)]


def neurons(n: int, start: int = 0, area: str = 'VISp') -> pd.DataFrame:
    return pd.DataFrame({'neuroid_id': [f'n{start + i}' for i in range(n)], 'region': area, 'animal': 'mouse1',
                         'session_id': 7, 'reliability': np.linspace(0, 1, n)})


def package(identifier: str = 'Test2020', blocks: list[np.ndarray] | None = None, recipe: dict | None = None,
            bins=((0, 250),)) -> Layout:
    """Package blocks of responses (3, 4, n_neurons[, n_bins]); returns the layout of the result."""
    blocks = [np.arange(3 * 4 * 2, dtype=float).reshape(3, 4, 2)] if blocks is None else blocks
    with packaged_folder(identifier, {'source': 'test'} if recipe is None else recipe) as layout:
        write_stimuli(layout, TABLE, IMAGES)
        with AssemblyWriter(layout.assembly, image_trials(IDS, N_TRIALS), list(bins)) as writer:
            start = 0
            for block in blocks:
                writer.append(block, neurons(block.shape[2], start))
                start += block.shape[2]
    return packaged(identifier)


DAMAGES = {
    'changed assembly': (lambda layout: flip(layout.assembly), 'assy_Test2020.nc has changed'),
    'truncated assembly': (lambda layout: truncate(layout.assembly), 'assy_Test2020.nc has changed'),
    'missing image': (lambda layout: (layout.stimuli / 'scene_01.png').unlink(), 'scene_01.png is missing'),
    'changed table': (lambda layout: layout.stimuli_csv.write_text('stimulus_id,filename\n'), 'csv has changed'),
    'damaged sidecar': (lambda layout: layout.sidecar.write_text('{"sha1": '), 'Test2020.json is damaged'),
    'another sidecar': (lambda layout: layout.sidecar.write_text('{"sha1": 3}'), 'Test2020.json is damaged'),
}


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def truncate(path):
    path.write_bytes(path.read_bytes()[:len(path.read_bytes()) // 2])
