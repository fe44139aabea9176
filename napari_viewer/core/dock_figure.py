"""How all figures of the dock widgets look; matplotlib draws them without a window, as RGB arrays."""
import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from napari_viewer.core.export import save_figure
from napari_viewer.core.theme import as_hex, theme

WIDTH = 3.5  # inches of a dock widget at DPI
DPI = 100
_scale = 1.  # pixels of the screen for each of a figure
_SETTINGS, _target = threading.Lock(), threading.local()


def styled(draw: Callable) -> Callable:
    """Draw in the colours of the theme; one figure at a time, as matplotlib's settings are global."""
    @functools.wraps(draw)
    def draw_styled(*args, **kwargs):
        import matplotlib
        with _SETTINGS, matplotlib.rc_context(_style()):
            return draw(*args, **kwargs)
    return draw_styled


def use_scale(scale: float) -> None:
    """Draw so many pixels for one from now on, as sharp as the screen is."""
    global _scale
    _scale = scale


def dock_figure(height: float):
    """An empty matplotlib figure as wide as a dock widget, `height` inches high."""
    from matplotlib.figure import Figure
    return Figure((WIDTH, height), dpi=DPI * _scale, layout='constrained')


def faint() -> str:
    """Colour of what is not in front."""
    return as_hex(theme().faint)


def accent() -> str:
    """Colour of what is chosen or fitted."""
    return as_hex(theme().highlight)


def _style() -> dict:
    ink, ground = as_hex(theme().text), as_hex(theme().ground)
    return {'text.color': ink, 'axes.labelcolor': ink, 'axes.edgecolor': faint(), 'xtick.color': ink,
            'ytick.color': ink, 'axes.facecolor': ground, 'figure.facecolor': ground, 'font.size': 8,
            'axes.titlesize': 8.5, 'axes.spines.top': False, 'axes.spines.right': False, 'legend.frameon': False,
            'legend.fontsize': 7, 'svg.fonttype': 'none', 'pdf.fonttype': 42}


@contextlib.contextmanager
def saved_to(path: Path) -> Iterator[None]:
    """Write the figure that this thread draws next to a file, too: PNG, or SVG or PDF with its lines as such."""
    _target.path = path
    try:
        yield
    finally:
        _target.path = None


def as_array(figure) -> np.ndarray:
    """A matplotlib figure as pixels, uint8 (height, width, 3)."""
    if getattr(_target, 'path', None) is not None:
        save_figure(_target.path, figure)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
