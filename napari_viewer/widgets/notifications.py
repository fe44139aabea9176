"""Errors as napari notifications, and warnings that are nobody's business here kept out of them."""
import warnings

OURS = r'(napari_viewer|study|training|brainscore_plugin)'


def notify_error(error: Exception) -> None:
    """Show an error to the user; this project's messages say what to do."""
    from napari.utils.notifications import show_error
    show_error(str(error.args[0] if isinstance(error, KeyError) and error.args else error) or type(error).__name__)


def hush_other_packages() -> None:
    """Keep what other packages tell their own developers from appearing as notifications."""
    for category in (FutureWarning, DeprecationWarning):
        warnings.filterwarnings('ignore', category=category, module=rf'(?!{OURS}\b)')
