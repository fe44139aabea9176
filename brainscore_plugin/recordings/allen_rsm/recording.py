"""What was published, how it is fetched, and how matrices become a stimulus set and an assembly."""
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings.allen_rsm import IDENTIFIER
from brainscore_plugin.recordings.allen_rsm.published_matrices import (
    MATRICES,
    N_SCENES,
    RELIABILITIES,
    SCENES,
    PublishedMatrices,
    read_matrices,
)
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.catalogue import NAMES
from brainscore_plugin.recordings.download import Remote, checksum
from brainscore_plugin.recordings.packaged_folder import packaged_folder
from brainscore_plugin.recordings.published_recording import ALLEN_SCENES, PublishedRecording

SESSION = 'matrices'
TIME_BIN = (0, 250)  # ms: events are summed over the presentation of a scene
_RAW = 'https://raw.githubusercontent.com'
_MATRICES = (f'{_RAW}/annonymousecode/Model-Zoology-and-Neural-Taskonomy/c7130253347c2f2060e83d2bd0baa4e2dc563b96/'
             'neural_data')
_SCENES = f'{_RAW}/psailamul/Allen_Brain_Observatory/44c5e0bb3342ef20611a320ef9d023c9620d8acb/Allen_data_170513'
FILES = (
    Remote(MATRICES, f'{_MATRICES}/{MATRICES}', 2_909_233,
           sha256='fdac732944eaf4b8b4aea415c070061e3f7cdbe38683266683b28e1de035e9f7'),
    Remote(RELIABILITIES, f'{_MATRICES}/{RELIABILITIES}', 1_134,
           sha256='967f6478c7ed33228dd21cf98fd44a735dcc6d7cd661b8054055c921bfd75a0c'),
    Remote(SCENES, f'{_SCENES}/{SCENES}', 907_264,
           sha256='0d40bbf7490200a0f833c8ca942773c60e72959c32a9810baeae73972ac73ea2'),
)


class Recording(PublishedRecording):
    """Similarity matrices of 21 sites, area x cortical layer; one session, of three files, and nothing to reduce."""
    identifier = IDENTIFIER
    name = NAMES[identifier]
    identifiers = (IDENTIFIER,)
    title = 'Allen Visual Coding as similarity matrices: 21 sites of six areas, 118 natural scenes at 31 x 31'
    licence = ("none is stated by those who published the files; they derive from Allen Institute data, whose terms "
               'of use are non-commercial, with citation: keep them on your disk, and let nothing of them be part of '
               'a submission')
    citation = ('de Vries et al. (2020), Nature Neuroscience 23:138-151; Conwell et al. (2021), NeurIPS 34, '
                'https://github.com/ColinConwell/DeepMouseTrap')
    homepage = 'https://github.com/annonymousecode/Model-Zoology-and-Neural-Taskonomy'
    n_sessions = 1
    download_bytes = sum(remote.size for remote in FILES)
    packaged_bytes = 2_000_000
    reduced_bytes = 0
    kinds = ('similarities',)
    scripts = (Path(__file__).with_name('published_matrices.py'),)
    keeps_files = True
    withheld = 'no licence is stated for the published matrices'
    stimulus_facts: ClassVar = {
        **ALLEN_SCENES, 'extra_notes': "Allen Brain Observatory's natural scenes at 31 x 31, grey"}
    data_facts: ClassVar = {
        'datatype': 'calcium', 'data_publicly_available': True,
        'pre_processing': 'similarity matrices of sites, events, mean of 50 trials',
        'extra_notes': 'published by Conwell et al. (2021) without a stated licence, neurons chosen by them '
                       '(selection {selection}); everybody gets a copy from their repository'}

    def index(self) -> list[Remote]:
        return []

    def sessions(self, cache: Path) -> list[str]:
        return [SESSION]

    def files(self, session: str) -> list[Remote]:
        return list(FILES)

    def is_reduced(self, cache: Path, session: str) -> bool:
        return not _differing(cache)

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        for session in sessions:
            wrong = _differing(cache)
            for remote in wrong:
                (cache / remote.path).unlink(missing_ok=True)  # to be fetched again
            yield {'session': session, 'error': _sentence(wrong)} if wrong else {'session': session}

    def package(self, cache: Path, home: Path | None = None, partial: bool = False,
                kind: str | None = None) -> list[Path]:
        self.chosen_kind(kind)
        missing = [remote.path for remote in FILES if not remote.is_downloaded(cache)]
        if missing:
            raise FileNotFoundError(f"{cache} lacks {', '.join(missing)}: 'brainscore-mouse recordings fetch "
                                    f"{self.name}' downloads what is missing.")
        wrong = _differing(cache)
        if wrong:
            raise ValueError(f'{_sentence(wrong)} Delete it and fetch again.')
        published = read_matrices(cache)
        recipe = {'recording': self.name, 'responses': "similarities, Pearson's r over a site's neurons",
                  'source': [remote.url for remote in FILES], 'licence': self.licence, 'complete': True,
                  'counts': {'sites': len(published.sites), 'images': N_SCENES}}
        with packaged_folder(IDENTIFIER, recipe, home) as layout:
            scenes = pd.DataFrame({'stimulus_id': [f'allen_ns_{number:03d}' for number in range(N_SCENES)],
                                   'image_number': range(N_SCENES)})
            write_stimuli(layout, scenes, published.scenes)
            with AssemblyWriter(layout.assembly, image_trials(scenes['stimulus_id'], 1), [TIME_BIN]) as writer:
                _write_sites(writer, published, scenes['stimulus_id'])
        return [packaged(IDENTIFIER, home).directory]


def _write_sites(writer: AssemblyWriter, published: PublishedMatrices, stimulus_ids: pd.Series) -> None:
    """A row of the matrix is a presentation, a column a neuroid: the similarity to the image `compared_with`."""
    for site, similarities in zip(published.sites.itertuples(index=False), published.similarities):
        writer.append(similarities, pd.DataFrame({
            'neuroid_id': [f'{site.site}.{stimulus_id}' for stimulus_id in stimulus_ids],
            'animal': 'all', 'region': site.region, 'layer': site.layer, 'site': site.site,
            'compared_with': stimulus_ids.to_numpy(), 'reliability': np.full(N_SCENES, site.reliability)}))


def _differing(cache: Path) -> list[Remote]:
    """The files that are missing or not as published."""
    return [remote for remote in FILES
            if not remote.is_downloaded(cache) or checksum(cache / remote.path, 'sha256') != remote.sha256]


def _sentence(wrong: list[Remote]) -> str:
    return f"{', '.join(remote.path for remote in wrong)}: the SHA-256 is not that of the published file."
