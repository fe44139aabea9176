"""The sessions of a cache, reduced to their responses: made where they are missing, and written as one assembly."""
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from tqdm import tqdm

from brainscore_plugin.data.mouse_recordings.data_packaging.session_file import read_session
from brainscore_plugin.recordings.catalogue import Published
from brainscore_plugin.recordings.fetch import raise_failed
from brainscore_plugin.recordings.files import AssemblyWriter

HALVINGS, SEED = 900, 0  # halvings of the trials, as Nayebi et al. (2023) took

_logger = logging.getLogger(__name__)


def reduce_all(recording: Published, cache: Path, fetched: Iterable[str], partial: bool) -> tuple:
    """Reduce the sessions that are not reduced yet; returns those that are, and whether these are all.

    Parameters
    ----------
    recording : Published
    cache : pathlib.Path
    fetched : iterable of str
        Sessions whose files are in the cache.
    partial : bool
        Whether it will do if some of the recording's sessions are missing or faulty.

    Raises
    ------
    FileNotFoundError
        If sessions are missing; with `partial`, only if all are.
    RuntimeError
        If a session cannot be reduced, the others are then; with `partial` it is a warning.
    """
    sessions, fetched = recording.sessions(cache), set(fetched)
    todo = [session for session in sessions if session in fetched and not recording.is_reduced(cache, session)]
    answers = recording.reduce(cache, todo) if todo else ()
    failed = {answer['session']: answer['error']
              for answer in tqdm(answers, total=len(todo), desc='reduce', unit='session', disable=None)
              if 'error' in answer}
    if not partial:
        raise_failed(failed, len(sessions))
    for session, error in failed.items():
        _logger.warning(f'session {session} is left out: {error}')
    ready = [session for session in sessions if recording.is_reduced(cache, session)]
    missing = [session for session in sessions if session not in ready]
    if missing and not (partial and ready):
        raise FileNotFoundError(
            f"{len(missing)} of {len(sessions)} sessions of {recording.name} are not in {cache}, first {missing[0]}: "
            f"'brainscore-mouse recordings fetch {recording.name}' goes on fetching"
            + (', and --partial packages what is there.' if ready else '.'))
    return ready, not missing


def read_templates(cache: Path) -> Iterator[np.ndarray]:
    """The pictures that the sessions of a cache showed, one at a time; ValueError if their file is damaged."""
    path = cache / 'reduced' / 'natural_scenes.h5'
    try:
        with h5py.File(path) as file:
            yield from file['templates']
    except (OSError, KeyError) as error:
        raise ValueError(f'{path} is damaged ({error}): delete {path.parent} and package again.') from error


def write_sessions(writer: AssemblyWriter, paths: list) -> dict:
    """Write reduced sessions one after the other, with their split-half reliability; returns counts for the sidecar.

    Raises
    ------
    ValueError
        If a session's file is damaged, or a neuron occurs twice.
    """
    for path in tqdm(paths, desc='package', unit='session', disable=None):
        responses, neurons, _ = read_session(path)
        writer.append(responses, neurons.assign(reliability=mean_reliability(responses)))
    return counts(writer.neurons)


def mean_reliability(responses: np.ndarray, n_halvings: int = HALVINGS) -> np.ndarray:
    """Spearman-Brown corrected split-half reliability of each neuron, mean over random halvings of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons[, n_bins])
    n_halvings : int

    Returns
    -------
    numpy.ndarray, shape (n_neurons[, n_bins])
        NaN where it is undefined: the neuron is constant, or an image lacks trials in every half.
    """
    from brainscore_plugin.metrics.split_half_reliability.reliability import reliability  # Brain-Score, seconds
    flat = responses.reshape(*responses.shape[:2], -1)
    values = reliability(flat, n_halvings, SEED)
    defined = np.isfinite(values)
    with np.errstate(invalid='ignore'):
        mean = np.where(defined, values, 0).sum(axis=0) / defined.sum(axis=0)
    return mean.reshape(responses.shape[2:])


def counts(neurons: pd.DataFrame) -> dict:
    """Numbers of sessions, animals and neurons, and of neurons by area.

    Raises
    ------
    ValueError
        If a neuron occurs twice.
    """
    repeated = neurons['neuroid_id'][neurons['neuroid_id'].duplicated()]
    if len(repeated):
        raise ValueError(f"Neuron {repeated.iloc[0]} occurs in two sessions: the cache mixes releases; fetch again.")
    return {'sessions': int(neurons['session_id'].nunique()), 'animals': int(neurons['animal'].nunique()),
            'neurons': len(neurons), 'neurons_by_area': neurons['region'].value_counts().sort_index().to_dict()}
