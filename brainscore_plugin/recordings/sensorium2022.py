"""Sensorium 2022: seven mice, of which the five with public test responses are packaged, each apart."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from brainscore_plugin.data.mouse_recordings.data_packaging.sensorium_folder import SensoriumMouse, open_mouse
from brainscore_plugin.recordings.catalogue import Published, Remote
from brainscore_plugin.recordings.files import AssemblyWriter, packaged, publishing, write_stimuli
from brainscore_plugin.recordings.reduced import mean_reliability

IDENTIFIER = 'Willeke2022'
_HOME = 'https://gin.g-node.org/cajal/Sensorium2022'
_SUFFIX = 'GrayImageNet-94c6ff995dac583098847cfecd43e7b6'
PACKAGED_TIERS = ('train', 'validation', 'test')
WINDOW = (50, 550)  # ms: the half second that a picture is shown, 50 ms later; one published number a trial


@dataclass(frozen=True)
class Mouse:
    """A mouse of the data set.

    Parameters
    ----------
    key : str
        Animal, session and scan.
    neurons : int
        As published.
    track : str
        Of the competition, whose test responses are withheld; empty for the mice meant for pre-training.
    """
    key: str
    neurons: int
    track: str = ''

    @property
    def identifier(self) -> str:
        return f'{IDENTIFIER}.{self.key}'

    @property
    def folder(self) -> str:
        return f'static{self.key}-{_SUFFIX}'


MICE = (
    Mouse('21067-10-18', 8372), Mouse('22846-10-16', 7344), Mouse('23343-5-17', 7334), Mouse('23656-14-22', 8107),
    Mouse('23964-4-22', 8098), Mouse('26872-17-20', 7776, 'Sensorium'), Mouse('27204-5-13', 7538, 'Sensorium+'),
)
PUBLIC = tuple(mouse for mouse in MICE if not mouse.track)


class Recording(Published):
    """Sensorium 2022 as the command line sees it; a session is a mouse, and there is nothing to reduce."""
    name = 'sensorium2022'
    identifiers = tuple(mouse.identifier for mouse in PUBLIC)
    title = 'Sensorium 2022: two-photon calcium imaging, VISp, 5 mice with public test responses, of 7'
    licence = 'a file of its own among the data: read it there; they may not be passed on, nor be part of a submission'
    homepage = _HOME
    n_sessions = len(PUBLIC)
    # estimated from what the files hold: the sizes of the zips are not published
    download_bytes = 3_000_000_000
    packaged_bytes = 2_000_000_000
    reduced_bytes = 0
    kinds = ('deconvolved',)
    keeps_files = True

    def index(self) -> list:
        return []

    def sessions(self, cache: Path) -> list:
        return [mouse.key for mouse in PUBLIC]

    def files(self, session: str) -> list:
        archive = f'{_mouse(session).folder}.zip'
        return [Remote(archive, f'{_HOME}/raw/master/{archive}')]

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

    def package(self, cache: Path, home: Path | None = None, partial: bool = False, kind: str | None = None) -> list:
        """Package every mouse with public test responses.

        Parameters
        ----------
        cache : pathlib.Path
            Holds the mice's zips, or their folders.
        home, partial, kind
            As of :meth:`Published.package`.
        """
        cache = Path(cache)
        places = {mouse: _place(cache, mouse) for mouse in PUBLIC}
        missing = [mouse.folder for mouse, place in places.items() if place is None]
        if len(missing) == len(PUBLIC) or missing and not partial:
            raise FileNotFoundError(
                f'{cache} lacks {len(missing)} of the {len(PUBLIC)} mice with public test responses, first '
                f"{missing[0]}.zip. 'brainscore-mouse recordings fetch sensorium2022' downloads them from {_HOME}.")
        return [package_mouse(mouse, place, home) for mouse, place in places.items() if place is not None]


def package_mouse(mouse: Mouse, place: Path, home: Path | None = None) -> Path:
    """Package one mouse; returns the folder of its files.

    Parameters
    ----------
    mouse : Mouse
    place : pathlib.Path
        Its folder or zip.
    home : pathlib.Path, optional
        Instead of Brain-Score's data home.

    Raises
    ------
    FileNotFoundError, ValueError
        If the published files are not what the layout demands, or the test responses are withheld.
    """
    published = open_mouse(place)
    trials = published.trials.rename_axis('trial').reset_index()
    trials = trials[trials['tier'].isin(PACKAGED_TIERS)].reset_index(drop=True)
    trials['repetition'] = trials.groupby('stimulus_id').cumcount()
    _check_tiers(trials, place)
    responses = np.stack([published.responses(trial) for trial in
                          tqdm(trials['trial'], desc=f'{mouse.identifier} responses', unit='trial', disable=None)])
    neurons = _neuroids(published, mouse, _reliability(responses, trials, place))
    images = trials.drop_duplicates('stimulus_id')
    recipe = {'source': mouse.folder, 'window_ms': WINDOW,
              'counts': {'neurons': len(neurons), 'images': len(images),
                         'trials': {tier: int((trials['tier'] == tier).sum()) for tier in PACKAGED_TIERS}}}
    with publishing(mouse.identifier, recipe, home) as layout:
        write_stimuli(layout, images[['stimulus_id']].reset_index(drop=True), _pictures(published, trials, mouse))
        with AssemblyWriter(layout.assembly, trials[['stimulus_id', 'repetition', 'tier']], [WINDOW]) as writer:
            writer.append(responses, neurons)
    return packaged(mouse.identifier, home).directory


def _mouse(key: str) -> Mouse:
    return next(mouse for mouse in PUBLIC if mouse.key == key)


def _place(cache: Path, mouse: Mouse) -> Path | None:
    places = (cache / mouse.folder, cache / f'{mouse.folder}.zip')
    return next((place for place in places if place.exists()), None)


def _check_tiers(trials: pd.DataFrame, place: Path) -> None:
    repeats = trials[trials['tier'] == 'test'].groupby('stimulus_id').size()
    if repeats.empty or repeats.min() < 2:
        raise ValueError(f'{place}: ' + ('no trial is of the tier test' if repeats.empty else
                                         f"the test image '{repeats.idxmin()}' was shown once") +
                         '; the repeated test images are what a score is computed on.')
    mixed = trials.groupby('stimulus_id')['tier'].agg(lambda tiers: 'test' in set(tiers) and len(set(tiers)) > 1)
    if mixed.any():
        raise ValueError(f"{place}: '{mixed.idxmax()}' is a test image and a training image: images must be divided "
                         'by identity.')


def _reliability(responses: np.ndarray, trials: pd.DataFrame, place: Path) -> np.ndarray:
    """Split-half reliability of each neuron, from the repeated test images."""
    test = trials[trials['tier'] == 'test']
    if not responses[test.index].any():
        raise ValueError(f'{place}: all responses to test images are 0, that is, withheld: a mouse of the competition '
                         'cannot be scored.')
    images = test['stimulus_id'].astype('category').cat.codes.to_numpy()
    repeats = test.groupby('stimulus_id').cumcount().to_numpy()
    repeated = np.full((images.max() + 1, repeats.max() + 1, responses.shape[1]), np.nan, np.float32)
    repeated[images, repeats] = responses[test.index]
    return mean_reliability(repeated)


def _neuroids(published: SensoriumMouse, mouse: Mouse, reliability: np.ndarray) -> pd.DataFrame:
    neurons = published.neurons
    return neurons.assign(
        neuroid_id=[f'{mouse.key}.{unit}' for unit in neurons['unit_id']], animal=mouse.key.split('-')[0],
        session=mouse.key, reliability=reliability)


def _pictures(published: SensoriumMouse, trials: pd.DataFrame, mouse: Mouse) -> Iterator[np.ndarray]:
    """Each picture once, after making sure that its repeats are of the same pixels."""
    shown = trials.groupby('stimulus_id', sort=False)['trial']
    for stimulus_id, of_image in tqdm(shown, desc=f'{mouse.identifier} pictures', unit='picture', disable=None):
        first, *repeats = of_image
        picture = published.picture(first)
        for trial in repeats:
            if not np.array_equal(published.picture(trial), picture):
                raise ValueError(f"{published.root}: trials {first} and {trial} show different pictures under the id "
                                 f"'{stimulus_id}'.")
        yield picture
