"""What was published; a folder of the supplement is packaged from, nothing is fetched."""
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from brainscore_plugin.recordings.antolik2016 import IDENTIFIER
from brainscore_plugin.recordings.antolik2016.package_fields import TRAINING, package_fields
from brainscore_plugin.recordings.antolik2016.supplement import FIELDS
from brainscore_plugin.recordings.catalogue import NAMES
from brainscore_plugin.recordings.download import Remote
from brainscore_plugin.recordings.published_recording import PublishedRecording

HOMEPAGE = 'https://doi.org/10.1371/journal.pcbi.1004927'


class Recording(PublishedRecording):
    """Antolík et al. 2016: a session is a field of view; the repeated images are part of this repository."""
    identifier = IDENTIFIER
    name = NAMES[identifier]
    identifiers = (IDENTIFIER, TRAINING)
    embedded = (IDENTIFIER,)
    title = 'Antolik 2016: two-photon calcium imaging, VISp layer 2/3, 260 neurons in 3 fields of view of 2 mice'
    licence = 'CC BY 4.0 (supporting information of an article of PLoS Computational Biology)'
    citation = 'Antolík, Hofer, Bednar & Mrsic-Flogel (2016), https://doi.org/10.1371/journal.pcbi.1004927'
    homepage = HOMEPAGE
    n_sessions = len(FIELDS)
    download_bytes = 25_000_000
    packaged_bytes = 10_000_000
    reduced_bytes = 0
    kinds = ('published',)
    scripts = (Path(__file__).with_name('supplement.py'),)
    keeps_files = True
    stimulus_facts: ClassVar = {
        'num_stimuli': 100, 'datatype': 'image', 'stimuli_subtype': 'natural_scenes',
        'extra_notes': 'grey, 31 x 31; two fields of view saw 50 of them, one the others'}
    data_facts: ClassVar = {
        'num_recording_sites': 260, 'num_subjects': 2, 'datatype': 'calcium',
        'data_publicly_available': True, 'pre_processing': 'one number a presentation, as published',
        'extra_notes': 'two-photon calcium imaging of layer 2/3, three fields of view of two mice, 8 to 12 '
                       'trials; CC BY 4.0, part of the plugin'}

    def index(self) -> list[Remote]:
        raise ValueError(f'{self.name} is not fetched: {IDENTIFIER} is part of brainscore-mouse. For the training '
                         f'images take supporting information S1 of {HOMEPAGE}, unpack it, and package it: '
                         f"'brainscore-mouse recordings package {self.name} --from FOLDER'.")

    def sessions(self, cache: Path) -> list[str]:
        return list(FIELDS)

    def files(self, session: str) -> list[Remote]:
        return []

    def is_reduced(self, cache: Path, session: str) -> bool:
        return (cache / session).is_dir()

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        for session in sessions:
            yield {'session': session}

    def package(self, cache: Path, home: Path | None = None, partial: bool = False,
                kind: str | None = None) -> list[Path]:
        self.chosen_kind(kind)
        return package_fields(cache, home)
