"""The names of networks that need no plugin, such as torchvision:resnet18@none@64px."""
import re
from dataclasses import dataclass, replace
from pathlib import Path

LIBRARIES = ('torchvision', 'timm')
PUBLISHED = 'DEFAULT'  # the weights that a library gives when it is asked for none in particular
_SIZE = re.compile(r'(\d+)(?:x(\d+))?px')
_RANDOM = re.compile(r'none|seed(\d+)')
EXPECTED = ("expected SOURCE:NETWORK[@WEIGHTS][@SIZE], where SOURCE is torchvision, timm or a Python file; WEIGHTS "
            f"'{PUBLISHED}' or another name that torchvision gives them, 'none' or 'seed3' for random ones, or a "
            ".safetensors file; and SIZE such as 64px or 64x96px (height x width)")


@dataclass(frozen=True)
class NetworkName:
    """What a name says.

    Attributes
    ----------
    source : str
        'torchvision', 'timm' or 'file'.
    architecture : str
        In the library's registry, or the name of a function.
    file : pathlib.Path, optional
        Of the function.
    weights : str, optional
        Name of published weights or path of a safetensors file; None for random ones, and for those that a function
        gives its network.
    seed : int
        Of random weights.
    image_size : (int, int), optional
        Height and width; None for the network's own.
    """
    source: str
    architecture: str
    file: Path | None = None
    weights: str | None = None
    seed: int = 0
    image_size: tuple[int, int] | None = None

    @classmethod
    def parse(cls, name: str) -> 'NetworkName':
        """Read a name; ValueError with the form of such names where it is none."""
        what, *parts = name.split('@')
        source, _, architecture = what.rpartition(':')
        if not is_network_name(name) or not architecture:
            raise ValueError(f"'{name}' is no network's name: {EXPECTED}.")
        parsed = (cls(source, architecture, weights=PUBLISHED) if source in LIBRARIES
                  else cls('file', architecture, file=Path(source)))
        for part in parts:
            if size := _SIZE.fullmatch(part):
                parsed = replace(parsed, image_size=(int(size[1]), int(size[2] or size[1])))
            elif random := _RANDOM.fullmatch(part):
                parsed = replace(parsed, weights=None, seed=int(random[1] or 0))
            elif part and (part.endswith('.safetensors') or parsed.source == 'torchvision' or part == PUBLISHED):
                parsed = replace(parsed, weights=part)
            else:
                raise ValueError(f"'{part}' in '{name}' is neither weights nor a size: {EXPECTED}.")
        return parsed

    @property
    def published(self) -> bool:
        """Whether the weights are those that a library publishes."""
        return self.weights is not None and not self.weights.endswith('.safetensors')


def is_network_name(name: str) -> bool:
    """Whether a model is named by where its network comes from, rather than by a plugin's identifier."""
    source = name.partition('@')[0].rpartition(':')[0]
    return source in LIBRARIES or source.endswith('.py')


def with_defaults(name: str, weights: str | None, size: str | None) -> str:
    """A name with weights and size added where it has none of its own; identifiers of plugins are left as they are."""
    if not is_network_name(name):
        return name
    parts = name.split('@')[1:]
    sized = any(_SIZE.fullmatch(part) for part in parts)
    if weights is not None and len(parts) == sized:
        name += f'@{weights}'
    if size is not None and not sized:
        name += f'@{size}'
    NetworkName.parse(name)
    return name
