"""Where packaged recordings lie and what their files are called."""
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path


def recordings_home() -> Path:
    """Brain-Score's data home: BRAINIO_HOME, by default ~/.brainio.

    Brain-Score reads it once a process, so that its own answer counts where it has been imported; to import it for
    this alone would take seconds.
    """
    fetch = sys.modules.get('brainscore_core.supported_data_standards.brainio.fetch')
    home = Path(fetch.get_local_data_path() if fetch else os.path.expanduser(os.getenv('BRAINIO_HOME', '~/.brainio')))
    # Brain-Score compares the paths of stimuli from a `.brainio` part on
    return home if '.brainio' in home.parts else home / '.brainio'


@dataclass(frozen=True)
class Layout:
    """The files of one packaged recording, such as ``deVries2020`` or ``Willeke2022.21067-10-18``, in a folder."""
    directory: Path
    identifier: str

    @property
    def stimuli_csv(self) -> Path:
        return self.directory / f'stimulus_{self.identifier}.csv'

    @property
    def stimuli_zip(self) -> Path:
        return self.directory / f'stimulus_{self.identifier}.zip'

    @property
    def stimuli(self) -> Path:
        return self.directory / f'stimulus_{self.identifier}'

    @property
    def assembly(self) -> Path:
        return self.directory / f'assy_{self.identifier}.nc'

    @property
    def sidecar(self) -> Path:
        """JSON with the recipe, versions, counts, and the SHA-1 of every other file."""
        return self.directory / f'{self.identifier}.json'

    def read_sidecar(self) -> dict:
        """The sidecar.

        Raises
        ------
        FileNotFoundError, ValueError
            If it is missing or damaged.
        """
        try:
            sidecar = json.loads(self.sidecar.read_text(encoding='utf-8'))
            if isinstance(sidecar['sha1'], dict):
                return sidecar
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise ValueError(f'{self.sidecar} is damaged: expected the JSON that packaging writes. Package again.')

    def check_unchanged(self, path: Path) -> None:
        """Raise ValueError unless the sidecar and a file are as they were packaged."""
        sha1 = self.read_sidecar()['sha1'].get(path.relative_to(self.directory).as_posix())
        if not path.is_file() or sha1_of(path) != sha1:
            raise ValueError(f"{'; '.join(self.damage()[:3]) or f'{path} is not in {self.sidecar}'}. "
                             f'Package {self.identifier} again.')

    def damage(self) -> list[str]:
        """What is wrong with the files, a sentence for each; reads every byte."""
        wrong = []
        for name, sha1 in self.read_sidecar()['sha1'].items():
            path = self.directory / name
            if not path.is_file():
                wrong.append(f'{path} is missing')
            elif sha1_of(path) != sha1:
                wrong.append(f'{path} has changed since it was packaged')
        return wrong


def packaged(identifier: str, home: Path | None = None) -> Layout:
    """The layout of `identifier` in the data home, or in the folder given instead of it."""
    return Layout((home or recordings_home()) / identifier, identifier)


def sha1_of(path: Path) -> str:
    with path.open('rb') as file:
        return hashlib.file_digest(file, 'sha1').hexdigest()
