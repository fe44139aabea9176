"""Builds simulated recordings, as files in Brain-Score's formats, on first use into its data home."""
import hashlib
import io
import json
import logging
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from brainscore_core.supported_data_standards.brainio import fetch
from filelock import FileLock
from PIL import Image

N_SCENES = 118  # as many as the Allen Natural Scenes
_logger = logging.getLogger(__name__)


class Simulation(NamedTuple):
    """What was simulated.

    Attributes
    ----------
    scenes : numpy.ndarray, uint8, shape (n_scenes, height, width)
    assemblies : dict of str to (numpy.ndarray, pandas.DataFrame)
        Identifier -> the responses on single trials, (n_scenes, n_trials, n_neurons), and a table with a row for each
        neuron, whose columns become coordinates.
    """
    scenes: np.ndarray
    assemblies: dict[str, tuple[np.ndarray, pd.DataFrame]]


@dataclass(frozen=True)
class SimulatedRecording:
    """A recording that is made in place, and everything that it follows from.

    Parameters
    ----------
    identifier : str
        Of the stimulus set; the files are named after it.
    version : int
        Raised whenever the recording is meant to change.
    seed : int
    simulate : callable
        From the seed to a :class:`Simulation`.
    follows_from : tuple of pathlib.Path
        Files of code and weights.
    libraries : tuple of str
        Names of the distributions whose version may change the outcome.
    stimulus_prefix : str
        Scenes are named after it, such as 'simulated_scene' for simulated_scene_000.
    milliseconds : int
        Length of the only time bin.
    n_bytes : int
        That the files need at most.
    """
    identifier: str
    version: int
    seed: int
    simulate: Callable[[int], Simulation]
    follows_from: tuple[Path, ...]
    libraries: tuple[str, ...]
    stimulus_prefix: str
    milliseconds: int
    n_bytes: int

    def directory(self) -> Path:
        """Directory of this version's files, built if it is absent, rebuilt if it is incomplete or damaged.

        The directory lies in Brain-Score's data home (``BRAINIO_HOME``, default ``~/.brainio``) and is named after a
        digest of everything that the recordings follow from (version, seed, code, libraries), so that a change of any
        of them is a new directory and never an old recording under a new name. The files are written to a temporary
        directory and renamed when they are complete.

        Returns
        -------
        pathlib.Path
            Holds ``stimulus_<identifier>.csv`` and ``.zip``, the unpacked ``stimulus_<identifier>/``,
            ``assy_<identifier>.nc`` for each assembly, and ``<identifier>.json`` (the recipe and the SHA-1 of every
            file).

        Raises
        ------
        OSError
            If the data home cannot be written; nothing is left behind.
        """
        recipe = json.dumps(self._recipe(), sort_keys=True)
        directory = _data_home() / f'{self.identifier}-{_sha1(recipe.encode())[:12]}'
        try:
            if self._damage(directory) is None:
                return directory
            directory.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(directory.with_suffix('.lock')):
                damage = self._damage(directory)  # another process may have built it meanwhile
                if damage is not None:
                    if directory.exists():
                        _logger.warning(f'Rebuilding the {self.identifier} recordings in {directory}: {damage}')
                    self._build(directory)
        except (OSError, RuntimeError) as error:  # the netCDF library reports a full disk as a RuntimeError
            raise OSError(
                f'Cannot write the {self.identifier} recordings ({self.n_bytes / 1e6:.0f} MB) to {directory.parent}: '
                f"{getattr(error, 'strerror', None) or error}. Make room or make it writable, or set BRAINIO_HOME to "
                'another directory.') from error
        return directory

    def _recipe(self) -> dict:
        """Everything that the recordings follow from."""
        return {
            'identifier': self.identifier, 'version': self.version, 'seed': self.seed,
            'files': {path.name: _sha1(path.read_bytes().replace(b'\r\n', b'\n') if path.suffix == '.py'
                                       else path.read_bytes()) for path in (Path(__file__), *self.follows_from)},
            'libraries': {name: version(name) for name in self.libraries},
        }

    def _damage(self, directory: Path) -> str | None:
        """What is wrong with the files, in words, or None."""
        sidecar = f'{self.identifier}.json'
        try:
            expected = json.loads((directory / sidecar).read_text())['sha1']
            for name, sha1 in expected.items():
                if _sha1((directory / name).read_bytes()) != sha1:
                    return f'{name} has changed since it was written'
        except FileNotFoundError as error:
            return f'{Path(error.filename).name} is missing'
        except (ValueError, KeyError, TypeError, AttributeError):
            return f'{sidecar} is damaged'
        return None

    def _build(self, directory: Path) -> None:
        simulation = self.simulate(self.seed)
        temporary = directory.with_name(f'.{directory.name}')  # one name suffices: the builder holds the lock
        shutil.rmtree(temporary, ignore_errors=True)  # of a build that was killed
        try:
            temporary.mkdir()
            names = [f'{self.stimulus_prefix}_{scene:03d}' for scene in range(len(simulation.scenes))]
            _write_stimuli(simulation.scenes, names, temporary / f'stimulus_{self.identifier}')
            for identifier, (responses, neurons) in simulation.assemblies.items():
                _write_assembly(responses, names, neurons, self.milliseconds, temporary / f'assy_{identifier}.nc')
            files = sorted(path for path in temporary.rglob('*') if path.is_file())
            sha1 = {path.relative_to(temporary).as_posix(): _sha1(path.read_bytes()) for path in files}
            (temporary / f'{self.identifier}.json').write_text(
                json.dumps({**self._recipe(), 'sha1': sha1}, indent=1, sort_keys=True))
            shutil.rmtree(directory, ignore_errors=True)
            temporary.rename(directory)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _data_home() -> Path:
    home = Path(fetch.get_local_data_path())
    # Brain-Score compares the paths of stimuli from a `.brainio` part on
    return home if '.brainio' in home.parts else home / '.brainio'


def _write_stimuli(scenes: np.ndarray, names: list[str], unpacked: Path) -> None:
    """Scenes as PNGs in a folder, zipped beside it, and their table."""
    stimuli = pd.DataFrame({'filename': [f'{name}.png' for name in names], 'stimulus_id': names})
    unpacked.mkdir()
    with zipfile.ZipFile(unpacked.with_suffix('.zip'), 'w') as archive:
        for name, scene in zip(stimuli['filename'], scenes):
            png = io.BytesIO()
            Image.fromarray(scene).save(png, format='png')
            (unpacked / name).write_bytes(png.getvalue())
            archive.writestr(zipfile.ZipInfo(name), png.getvalue())  # ZipInfo's date is fixed: the same bytes
    stimuli.to_csv(unpacked.with_suffix('.csv'), index=False, lineterminator='\n')


def _write_assembly(responses: np.ndarray, stimulus_ids: list[str], neurons: pd.DataFrame, milliseconds: int,
                    path: Path) -> None:
    """Responses (n_scenes, n_trials, n_neurons) as a netCDF that Brain-Score's assembly loaders read."""
    n_scenes, n_trials, n_neurons = responses.shape
    coordinates = {
        'stimulus_id': ('presentation', np.repeat(stimulus_ids, n_trials)),
        'repetition': ('presentation', np.tile(np.arange(n_trials), n_scenes)),
        'time_bin_start': ('time_bin', [0]),
        'time_bin_end': ('time_bin', [milliseconds]),
        **{name: ('neuroid', neurons[name].to_numpy().astype(str if neurons[name].dtype == object else float))
           for name in neurons.columns},
    }
    values = responses.astype(np.float32).reshape(n_scenes * n_trials, n_neurons, 1)
    dataset = xr.Dataset({'data': (('presentation', 'neuroid', 'time_bin'), values)}, coords=coordinates)
    # given, because xarray would write the names of the coordinates in the changing order of a set
    dataset['data'].encoding['coordinates'] = ' '.join(coordinates)
    dataset.to_netcdf(path, engine='netcdf4', encoding={'data': {'zlib': True, 'complevel': 1}})


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
