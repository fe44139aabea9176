"""The colours of sheets and figures, for napari's dark and light theme; the colour-blind can tell them apart."""
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """Colours as red, green and blue from 0 to 255.

    `highlight` frames what is chosen, `second` what stands out; `models` are those of Okabe & Ito (2008, Color
    Universal Design), with black, yellow and blue moved to be seen on the ground.
    """
    name: str
    ground: Colour
    text: Colour
    faint: Colour
    highlight: Colour
    second: Colour
    models: tuple[str, ...]


DARK = Theme('dark', (22, 24, 28), (235, 235, 235), (150, 154, 162), (255, 176, 0), (90, 200, 250), (
    '#e69f00', '#56b4e9', '#00b585', '#f0e442', '#3f8fd6', '#e2661a', '#d68bb6', '#a9a9a9', '#ffffff'))
LIGHT = Theme('light', (246, 246, 248), (20, 22, 26), (92, 96, 104), (194, 88, 0), (0, 104, 190), (
    '#d08a00', '#2c92cf', '#00855f', '#c9b500', '#0062a3', '#c24e00', '#b1588d', '#7a7a7a', '#000000'))
_current = DARK


def theme() -> Theme:
    """The theme that is drawn in now."""
    return _current


def use_theme(name: str) -> None:
    """Draw in a theme from now on, 'dark' or 'light'."""
    global _current
    _current = LIGHT if name == 'light' else DARK


def as_hex(colour: Colour) -> str:
    """A colour as matplotlib takes it."""
    return '#' + bytes(colour).hex()
