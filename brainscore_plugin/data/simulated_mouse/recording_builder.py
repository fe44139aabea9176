"""Builds the simulated recordings, as files in Brain-Score's formats, on first use into its data home."""
import hashlib
import io
import json
import logging
import shutil
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from brainscore_core.supported_data_standards.brainio import fetch
from filelock import FileLock
from PIL import Image

from . import population, scenes
from .population import Population

IDENTIFIER = 'SimulatedMouse'
VERSION = 1
SEED = 0
N_SCENES = 118  # as many as the Allen Natural Scenes
N_TRIALS = 50
N_BYTES = 10_000_000  # that the files need at most

_RECIPE_FILE = f'{IDENTIFIER}.json'
_logger = logging.getLogger(__name__)


def recording_directory() -> Path:
    """Directory of this version's files, built if it is absent, rebuilt if it is incomplete or damaged.

    The directory lies in Brain-Score's data home (``BRAINIO_HOME``, default ``~/.brainio``) and is named after a
    digest of everything that the recordings follow from (version, seed, code, photographs, libraries), so that a
    change of any of them is a new directory and never an old recording under a new name. The files are written to
    a temporary directory and renamed when they are complete.

    Returns
    -------
    pathlib.Path
        Holds ``stimulus_SimulatedMouse.csv`` and ``.zip``, the unpacked ``stimulus_SimulatedMouse/``,
        ``assy_SimulatedMouse.nc`` and ``SimulatedMouse.json`` (the recipe and the SHA-1 of every file).

    Raises
    ------
    OSError
        If the data home cannot be written; nothing is left behind.
    """
    recipe = _recipe()
    directory = _data_home() / f'{IDENTIFIER}-{_sha1(_canonical(recipe))[:12]}'
    try:
        if _damage(directory) is None:
            return directory
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(directory.with_suffix('.lock')):
            damage = _damage(directory)  # another process may have built it meanwhile
            if damage is not None:
                if directory.exists():
                    _logger.warning(f'Rebuilding the {IDENTIFIER} recordings in {directory}: {damage}')
                _build(directory, recipe)
    except (OSError, RuntimeError) as error:  # the netCDF library reports a full disk as a RuntimeError
        raise OSError(
            f'Cannot write the {IDENTIFIER} recordings ({N_BYTES / 1e6:.0f} MB) to {directory.parent}: '
            f"{getattr(error, 'strerror', None) or error}. Make room or make it writable, or set BRAINIO_HOME to "
            'another directory.') from error
    return directory


def _data_home() -> Path:
    home = Path(fetch.get_local_data_path())
    # Brain-Score compares the paths of stimuli from a `.brainio` part on
    return home if '.brainio' in home.parts else home / '.brainio'


def _recipe() -> dict:
    """Everything that the recordings follow from."""
    return {
        'identifier': IDENTIFIER, 'version': VERSION, 'seed': SEED, 'n_scenes': N_SCENES, 'n_trials': N_TRIALS,
        'code': {Path(module).name: _sha1(Path(module).read_bytes().replace(b'\r\n', b'\n'))
                 for module in (__file__, scenes.__file__, population.__file__)},
        'photographs': {path.name: _sha1(path.read_bytes()) for path in scenes.PHOTOGRAPHS},
        'libraries': {name: version(name) for name in ('numpy', 'pillow', 'scikit-image', 'scikit-learn')},
    }


def _damage(directory: Path) -> str | None:
    """What is wrong with the files, in words, or None."""
    try:
        expected = json.loads((directory / _RECIPE_FILE).read_text())['sha1']
        for name, sha1 in expected.items():
            if _sha1((directory / name).read_bytes()) != sha1:
                return f'{name} has changed since it was written'
    except FileNotFoundError as error:
        return f'{Path(error.filename).name} is missing'
    except (ValueError, KeyError, TypeError, AttributeError):
        return f'{_RECIPE_FILE} is damaged'


def _build(directory: Path, recipe: dict) -> None:
    images = scenes.cut_scenes(N_SCENES, SEED)
    simulated = Population.calibrated(images, SEED)
    stimuli = pd.DataFrame({'stimulus_id': [f'simulated_scene_{i:03d}' for i in range(N_SCENES)]})
    stimuli['filename'] = stimuli['stimulus_id'] + '.png'

    temporary = directory.with_name(f'.{directory.name}')  # one name suffices: the builder holds the lock
    shutil.rmtree(temporary, ignore_errors=True)  # of a build that was killed
    try:
        unpacked = temporary / f'stimulus_{IDENTIFIER}'
        unpacked.mkdir(parents=True)
        with zipfile.ZipFile(temporary / f'stimulus_{IDENTIFIER}.zip', 'w') as archive:
            for name, image in zip(stimuli['filename'], images):
                png = io.BytesIO()
                Image.fromarray(image).save(png, format='png')
                (unpacked / name).write_bytes(png.getvalue())
                archive.writestr(zipfile.ZipInfo(name), png.getvalue())  # ZipInfo's date is fixed: the same bytes
        stimuli.sort_index(axis=1).to_csv(temporary / f'stimulus_{IDENTIFIER}.csv', index=False, lineterminator='\n')
        spikes = simulated.spike_counts(images, N_TRIALS, SEED)
        _write_assembly(spikes, stimuli['stimulus_id'], simulated.neurons, temporary / f'assy_{IDENTIFIER}.nc')

        files = sorted(path for path in temporary.rglob('*') if path.is_file())
        sha1 = {path.relative_to(temporary).as_posix(): _sha1(path.read_bytes()) for path in files}
        (temporary / _RECIPE_FILE).write_text(json.dumps({**recipe, 'sha1': sha1}, indent=1, sort_keys=True))
        shutil.rmtree(directory, ignore_errors=True)
        temporary.rename(directory)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_assembly(spikes: np.ndarray, stimulus_ids, neurons: pd.DataFrame, path: Path) -> None:
    """Spike counts (n_scenes, n_trials, n_neurons) as a netCDF that Brain-Score's assembly loaders read."""
    n_scenes, n_trials, n_neurons = spikes.shape
    coordinates = {
        'stimulus_id': ('presentation', np.repeat(list(stimulus_ids), n_trials)),
        'repetition': ('presentation', np.tile(np.arange(n_trials), n_scenes)),
        'time_bin_start': ('time_bin', [0]),
        'time_bin_end': ('time_bin', [round(population.BIN_SECONDS * 1000)]),  # ms
        **{name: ('neuroid', neurons[name].to_numpy().astype(str if neurons[name].dtype == object else float))
           for name in neurons.columns},
    }
    spikes = spikes.astype(np.float32).reshape(n_scenes * n_trials, n_neurons, 1)
    dataset = xr.Dataset({'data': (('presentation', 'neuroid', 'time_bin'), spikes)}, coords=coordinates)
    # given, because xarray would write the names of the coordinates in the changing order of a set
    dataset['data'].encoding['coordinates'] = ' '.join(coordinates)
    dataset.to_netcdf(path, engine='netcdf4', encoding={'data': {'zlib': True, 'complevel': 1}})


def _canonical(recipe: dict) -> bytes:
    return json.dumps(recipe, sort_keys=True).encode()


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
