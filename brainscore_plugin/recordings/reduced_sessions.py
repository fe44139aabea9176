"""The sessions of a cache, reduced to their responses: made where they are missing, and written as one assembly."""
import logging
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from brainscore_plugin.recordings.brainio_writer import AssemblyWriter
from brainscore_plugin.recordings.fetch import raise_failed
from brainscore_plugin.recordings.in_allen_environment.session_file import read_session
from brainscore_plugin.recordings.neuron_reliability import mean_reliability
from brainscore_plugin.recordings.published_recording import PublishedRecording

_logger = logging.getLogger(__name__)


def reduce_all(recording: PublishedRecording, cache: Path, fetched: Iterable[str],
               partial: bool) -> tuple[list[str], bool]:
    """Reduce the sessions that are not reduced yet.

    Parameters
    ----------
    recording : PublishedRecording
    cache : pathlib.Path
    fetched : iterable of str
        Sessions whose files are in the cache.
    partial : bool
        Whether to go on if some of the recording's sessions are missing or faulty.

    Returns
    -------
    list of str
        The sessions that are reduced.
    bool
        Whether these are all.

    Raises
    ------
    FileNotFoundError
        If sessions are missing; with `partial`, only if all are.
    RuntimeError
        If a session cannot be reduced, after all others have been; with `partial` it is a warning.
    """
    sessions, fetched = recording.sessions(cache), set(fetched)
    to_do = [session for session in sessions if session in fetched and not recording.is_reduced(cache, session)]
    answers = recording.reduce(cache, to_do) if to_do else ()
    failed = {answer['session']: answer['error']
              for answer in tqdm(answers, total=len(to_do), desc='reduce', unit='session', disable=None)
              if 'error' in answer}
    if not partial:
        raise_failed(failed, len(sessions))
    for session, error in failed.items():
        _logger.warning(f'session {session} is left out: {error}')
    reduced = [session for session in sessions if recording.is_reduced(cache, session)]
    missing = [session for session in sessions if session not in reduced]
    if missing and not (partial and reduced):
        raise FileNotFoundError(
            f"{len(missing)} of {len(sessions)} sessions of {recording.name} are not in {cache}, the first is "
            f"{missing[0]}: 'brainscore-mouse recordings fetch {recording.name}' fetches what is missing"
            + (', and --partial packages what is there.' if reduced else '.'))
    return reduced, not missing


def write_sessions(writer: AssemblyWriter, paths: list[Path]) -> dict:
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
