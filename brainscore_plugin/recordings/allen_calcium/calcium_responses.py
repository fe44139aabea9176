"""Responses to the natural scenes from a session's fluorescence traces: functions of arrays."""
import numpy as np

N_IMAGES = 118
N_TRIALS = 50
BLANK = -1


def mean_sweep_responses(traces: np.ndarray, starts: np.ndarray, sweep: int) -> np.ndarray:
    r"""Mean :math:`\Delta F/F` of each presentation as AllenSDK's ``NaturalScenes.mean_sweep_response``, %.

    .. math:: 100 \left( \frac{\langle F \rangle_{[s,\, s + 2w)}}{\langle F \rangle_{[s - 4w,\, s)}} - 1 \right)

    with s the start and w the length of a presentation: as scenes follow each other without a gap, the window
    reaches over the next scene, and the baseline over the four before.

    Parameters
    ----------
    traces : numpy.ndarray, shape (n_neurons, n_frames)
        Neuropil-corrected fluorescence.
    starts : numpy.ndarray, int, shape (n_presentations,)
        First frame of each presentation.
    sweep : int
        Its length in frames.

    Returns
    -------
    numpy.ndarray, float32, shape (n_presentations, n_neurons)
        NaN where a window leaves the recording or holds a frame that is not finite, or the baseline is 0.
    """
    response = window_means(traces, starts, starts + 2 * sweep)
    baseline = window_means(traces, starts - 4 * sweep, starts)
    with np.errstate(divide='ignore', invalid='ignore'):
        responses = 100 * (response / baseline - 1)
    responses[~np.isfinite(responses)] = np.nan
    return responses.T.astype(np.float32)


def mean_events(events: np.ndarray, starts: np.ndarray, sweep: int) -> np.ndarray:
    """Mean magnitude of events per frame in the same window, from events (n_neurons, n_frames); otherwise as above."""
    return window_means(events, starts, starts + 2 * sweep).T.astype(np.float32)


def window_means(traces: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Means over [start, end) of every trace, from running sums: (n_neurons, n_windows), NaN where undefined."""
    n_neurons, n_frames = traces.shape
    inside = (starts >= 0) & (ends <= n_frames)
    starts, ends = starts[inside], ends[inside]
    means = np.full((n_neurons, len(inside)), np.nan)
    for trace, row in zip(traces, means):  # a trace at a time stays in the processor's cache
        finite = np.isfinite(trace)
        sums = _running_sum(np.where(finite, trace, 0))
        values = (sums[ends] - sums[starts]) / (ends - starts)
        if not finite.all():
            lost = _running_sum(~finite)
            values[lost[ends] > lost[starts]] = np.nan
        row[inside] = values
    return means


def _running_sum(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.], np.cumsum(values, dtype=float)])


def by_image_and_trial(responses: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Order presentations by image and trial; the blank is left out.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_presentations, n_neurons)
        In the order of time.
    frames : numpy.ndarray, int, shape (n_presentations,)
        The image shown, 0 to 117 as in the template, or -1 for the blank.

    Returns
    -------
    numpy.ndarray, float32, shape (118, 50, n_neurons)
        Trials in the order of time; NaN for those that were not shown.

    Raises
    ------
    ValueError
        If an image is unknown or is shown more than 50 times.
    """
    unknown = np.setdiff1d(frames, np.arange(BLANK, N_IMAGES))
    if len(unknown):
        raise ValueError(f'image {unknown[0]} is shown; expected images 0 to {N_IMAGES - 1}')
    counts = np.bincount(frames[frames != BLANK], minlength=N_IMAGES)
    if counts.max() > N_TRIALS:
        raise ValueError(f'image {counts.argmax()} is shown {counts.max()} times; expected at most {N_TRIALS}')
    ordered = np.full((N_IMAGES, N_TRIALS, responses.shape[1]), np.nan, np.float32)
    for image in range(N_IMAGES):
        ordered[image, :counts[image]] = responses[frames == image]
    return ordered
