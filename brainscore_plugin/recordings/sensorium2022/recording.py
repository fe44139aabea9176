"""What was published, how it is fetched, and which mice are packaged."""
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from brainscore_plugin.recordings.catalogue import NAMES
from brainscore_plugin.recordings.download import Remote
from brainscore_plugin.recordings.published_recording import PublishedRecording
from brainscore_plugin.recordings.sensorium2022 import IDENTIFIER
from brainscore_plugin.recordings.sensorium2022.mice import PUBLIC, Mouse
from brainscore_plugin.recordings.sensorium2022.package_mouse import package_mouse
from brainscore_plugin.recordings.sensorium2022.published_mouse import open_mouse

HOMEPAGE = 'https://gin.g-node.org/cajal/Sensorium2022'


class Recording(PublishedRecording):
    """Sensorium 2022: a session is a mouse, packaged apart from the others, and there is nothing to reduce."""
    identifier = IDENTIFIER
    name = NAMES[identifier]
    identifiers = tuple(mouse.identifier for mouse in PUBLIC)
    title = 'Sensorium 2022: two-photon calcium imaging, VISp, 5 mice with public test responses, of 7'
    licence = 'a file of its own among the data: read it there; they may not be passed on, nor be part of a submission'
    citation = 'Willeke, Fahey, Bashiri et al. (2022), https://arxiv.org/abs/2206.08666'
    homepage = HOMEPAGE
    n_sessions = len(PUBLIC)
    # estimated from what the files hold: the sizes of the zips are not published
    download_bytes = 3_000_000_000
    packaged_bytes = 2_000_000_000
    reduced_bytes = 0
    kinds = ('deconvolved',)
    scripts = (Path(__file__).with_name('published_mouse.py'),)
    keeps_files = True
    withheld = 'the licence of the Sensorium recordings does not let them be passed on'
    stimulus_facts: ClassVar = {
        'datatype': 'image', 'stimuli_subtype': 'natural_scenes',
        'extra_notes': 'for each mouse some 5,000 images once and 100 10 times, grey, 144 x 256'}
    data_facts: ClassVar = {
        'num_subjects': 5, 'datatype': 'calcium', 'data_publicly_available': False,
        'pre_processing': 'deconvolved, in units of the standard deviation over training trials',
        'extra_notes': 'Sensorium 2022, two-photon calcium imaging; its licence does not let the recordings '
                       'be passed on, everybody gets a copy from gin.g-node.org/cajal/Sensorium2022'}

    def index(self) -> list[Remote]:
        return []

    def sessions(self, cache: Path) -> list[str]:
        return [mouse.key for mouse in PUBLIC]

    def files(self, session: str) -> list[Remote]:
        archive = f'{_mouse(session).folder}.zip'
        return [Remote(archive, f'{HOMEPAGE}/raw/master/{archive}')]

    def is_reduced(self, cache: Path, session: str) -> bool:
        return _place(cache, _mouse(session)) is not None

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        for session in sessions:
            place = _place(cache, _mouse(session))
            try:
                open_mouse(place)
                yield {'session': session}
            except (OSError, ValueError) as error:
                place.unlink()  # to be fetched again
                yield {'session': session, 'error': str(error)}

    def package(self, cache: Path, home: Path | None = None, partial: bool = False,
                kind: str | None = None) -> list[Path]:
        self.chosen_kind(kind)
        places = {mouse: _place(cache, mouse) for mouse in PUBLIC}
        missing = [mouse.folder for mouse, place in places.items() if place is None]
        if len(missing) == len(PUBLIC) or missing and not partial:
            raise FileNotFoundError(
                f'{cache} lacks {len(missing)} of the {len(PUBLIC)} mice with public test responses, the first is '
                f"{missing[0]}.zip. 'brainscore-mouse recordings fetch {self.name}' downloads them from {HOMEPAGE}.")
        return [package_mouse(mouse, place, home) for mouse, place in places.items() if place is not None]


def _mouse(key: str) -> Mouse:
    return next(mouse for mouse in PUBLIC if mouse.key == key)


def _place(cache: Path, mouse: Mouse) -> Path | None:
    places = (cache / mouse.folder, cache / f'{mouse.folder}.zip')
    return next((place for place in places if place.exists()), None)
