"""Similarity matrices of 21 sites in the files that Conwell et al. (2021) published, from made-up neurons."""
from pathlib import Path

import numpy as np
import pandas as pd

from brainscore_plugin.recordings.allen_rsm.recording import FILES
from brainscore_plugin.recordings.download import Remote, checksum

SITES = {'VISp': 4, 'VISl': 4, 'VISal': 3, 'VISam': 3, 'VISpm': 4, 'VISrl': 3}  # layers 2/3, 4, 5 and 6
LAYERS = ('layer23', 'layer4', 'layer5', 'layer6')
UNRELIABLE = 'layer6'


def write_files(folder: Path, seed: int = 0) -> np.ndarray:
    """Write the three files; returns what the neurons of all sites respond to, (119 images, 20)."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    features = rng.standard_normal((119, 20))
    pairs = np.triu_indices(119, 1)
    columns, reliabilities = {}, []
    for area, n_layers in SITES.items():
        for layer in LAYERS[:n_layers]:
            responses = features @ rng.standard_normal((20, 60)) + 3 * rng.standard_normal((119, 60))
            columns[f'{area}_{layer}'] = np.corrcoef(responses)[pairs]
            reliabilities.append({'area': area, 'layer': layer, 'mean': .4 if layer == UNRELIABLE else .8, 'sem': .01})
    pd.DataFrame(columns).to_csv(folder / 'uber_rdm.csv', index=False)
    pd.DataFrame(reliabilities).sort_values(['area', 'layer']).to_csv(folder / 'rdms_splithalf.csv', index=False)
    np.save(folder / 'all_input_scenes_118_961.npy', rng.integers(0, 256, (118, 961)).astype(float))
    return features


def published_files(folder: Path, address: str = '') -> tuple[Remote, ...]:
    """The files of a folder as if they were published at an address."""
    return tuple(Remote(remote.path, f'{address}/{remote.path}', (folder / remote.path).stat().st_size,
                        sha256=checksum(folder / remote.path, 'sha256')) for remote in FILES)
