"""Errors as napari notifications."""


def notify_error(error: Exception) -> None:
    """Show an error to the user; this project's messages say what to do."""
    from napari.utils.notifications import show_error
    show_error(str(error.args[0] if isinstance(error, KeyError) and error.args else error) or type(error).__name__)
