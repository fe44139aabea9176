"""The seven mice that were published, and the five of them that can be scored."""
from dataclasses import dataclass

from brainscore_plugin.recordings.sensorium2022 import IDENTIFIER

_SUFFIX = 'GrayImageNet-94c6ff995dac583098847cfecd43e7b6'


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
