"""What other animals' neurons get in the place of a model, in words."""
from napari_viewer.core.recording import Recording

LARGE = 20_000  # neurons times animals from which on it takes minutes, for which nobody has asked
_said: dict[str, str] = {}  # benchmark -> words: a recording that is opened again has not changed


def other_animals(recording: Recording) -> str:
    """Words for a recording; empty where its animals cannot be compared, as groups of one mouse's neurons cannot.

    Takes seconds the first time. Of a large recording it says which command tells.
    """
    if recording.identifier not in _said:
        _said[recording.identifier] = _words(recording)
    return _said[recording.identifier]


def pooled(value: float, n_animals: int) -> str:
    """Words for a value, which grows with the number of animals."""
    return f"other animals' neurons get {value:.2f} ({n_animals - 1} of {n_animals} pooled)"


def _words(recording: Recording) -> str:
    benchmark = recording.benchmark
    if not benchmark.compares_animals:
        return ''
    if len(recording) * len(recording.trials) > LARGE:
        return f"'brainscore-mouse ceiling {recording.identifier}' tells what other animals' neurons get"
    found = benchmark.inter_animal_consistency
    return pooled(float(found), found.attrs['n_animals'])
