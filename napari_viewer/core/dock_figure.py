"""How all figures of the dock widgets look; matplotlib draws them without a window, as RGB arrays."""
import functools
import threading
from collections.abc import Callable

import numpy as np

WIDTH = 3.5  # inches of a dock widget at DPI
DPI = 100
INK, GROUND = '#e6e6e6', '#262930'  # of napari's dark theme
ACCENT, FAINT = '#ffb000', '#8a8f99'
PALETTE = ('#5ac8fa', '#ffb000', '#7ed957', '#ff6f91', '#b48ef9', '#f2e25c', '#4fd1b5', '#ff9671', '#9aa7ff', '#d0d0d0')
STYLE = {'text.color': INK, 'axes.labelcolor': INK, 'axes.edgecolor': FAINT, 'xtick.color': INK, 'ytick.color': INK,
         'axes.facecolor': GROUND, 'figure.facecolor': GROUND, 'font.size': 8, 'axes.titlesize': 8.5,
         'axes.spines.top': False, 'axes.spines.right': False, 'legend.frameon': False, 'legend.fontsize': 7}
_SETTINGS = threading.Lock()


def styled(draw: Callable) -> Callable:
    """Draw in the colours of napari's dark theme; one figure at a time, as matplotlib's settings are global."""
    @functools.wraps(draw)
    def draw_styled(*args, **kwargs):
        import matplotlib
        with _SETTINGS, matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)
    return draw_styled


def dock_figure(height: float):
    """An empty matplotlib figure as wide as a dock widget, `height` inches high."""
    from matplotlib.figure import Figure
    return Figure((WIDTH, height), dpi=DPI, layout='constrained')


def as_array(figure) -> np.ndarray:
    """A matplotlib figure as pixels, uint8 (height, width, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
