"""Reduces sessions of the Allen Brain Observatory's calcium recordings to their responses to the natural scenes.

Runs in the environment of AllenSDK::

    python reduce_sessions.py sessions CACHE          # prints the sessions, a JSON line each
    python reduce_sessions.py reduce CACHE REDUCED    # reads session ids from standard input, answers each in JSON
"""
import argparse
import contextlib
import hashlib
import json
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from allensdk.api.queries.brain_observatory_api import BrainObservatoryApi
from allensdk.brain_observatory.natural_scenes import NaturalScenes
from allensdk.core.brain_observatory_cache import BrainObservatoryCache
from allensdk.core.brain_observatory_nwb_data_set import MissingStimulusException
from cache_manifest import open_by_own_manifest
from calcium_responses import N_IMAGES, by_image_and_trial, mean_events, mean_sweep_responses
from session_file import new_file, write_session

STIMULUS = 'natural_scenes'
# published metrics of cells, and what they are called here
METRICS = {'p_ns': 'p_ns', 'p_run_mod_ns': 'p_run_mod_ns', 'run_mod_ns': 'run_mod_ns',
           'image_sel_ns': 'image_selectivity', 'reliability_ns': 'reliability_ns', 'pref_image_ns': 'pref_image_ns',
           'peak_dff_ns': 'peak_dff_ns', 'time_to_peak_ns': 'time_to_peak_ns'}


class Api(BrainObservatoryApi):
    """AllenSDK's, but for a question about eye tracking that it asks the server every time."""

    def template_query(self, template_name, entry_name, **parameters):
        if entry_name == 'all_eye_mapping_files':
            return []
        return super().template_query(template_name, entry_name, **parameters)


def open_cache(cache: Path) -> BrainObservatoryCache:
    return open_by_own_manifest(lambda manifest: BrainObservatoryCache(manifest_file=manifest, api=Api()), cache)


@contextlib.contextmanager
def reading(table: Path):
    """Turn errors about a table of metadata into a sentence."""
    try:
        yield
    except OSError as error:
        raise ValueError(f'{table.parent} lacks a table of metadata, and the Allen Institute cannot be asked for it '
                         f'({error}): fetch again') from error
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f'{table} is damaged ({error!r}): delete it and fetch again') from error


def sessions(cache: Path) -> list[dict]:
    """The sessions with natural scenes of the containers that passed quality control, by id."""
    observatory = open_cache(cache)
    with reading(cache / 'ophys_experiments.json'):
        found = observatory.get_ophys_experiments(stimuli=[STIMULUS])
    return sorted(found, key=lambda session: session['id'])


def cell_metrics(cache: Path) -> pd.DataFrame:
    """Published metrics of the cells, by cell_specimen_id."""
    observatory = open_cache(cache)
    with reading(cache / 'cell_specimens.json'):
        cells = pd.DataFrame(observatory.get_cell_specimens())
        return cells.set_index('cell_specimen_id')[list(METRICS)].rename(columns=METRICS).astype(float)


class Reducer:
    """Reduces sessions of a cache into a folder."""

    def __init__(self, cache: Path, reduced: Path):
        self.cache, self.reduced = cache, reduced
        self.observatory = open_cache(cache)
        self.metrics = cell_metrics(cache)
        self.sessions = {session['id']: session for session in sessions(cache)}

    def __call__(self, session_id: int) -> int:
        """Write ``dff/<id>.h5`` and, where events are there, ``events/<id>.h5``; returns the number of cells."""
        path = Path(self.observatory.get_cache_path(None, 'EXPERIMENT_DATA', session_id))
        if session_id not in self.sessions:
            raise ValueError(f'session {session_id} shows no natural scenes or failed quality control')
        if not path.is_file():
            raise ValueError(f'{path} is missing: fetch again')
        try:
            kinds, neurons, recipe, templates = self._responses(session_id)
        except (OSError, KeyError, RuntimeError, MissingStimulusException, ValueError) as error:
            raise ValueError(f'{path} cannot be used ({_sentence(error)}): delete it and fetch again') from error
        # apart from the reading, so that a full disk is not blamed on a good file
        self._keep_templates(templates, recipe['template_sha1'], path)
        for kind, responses in sorted(kinds.items(), reverse=True):  # dff last: it marks the session as done
            write_session(self.reduced / kind / f'{session_id}.h5', responses, neurons, {**recipe, 'kind': kind})
        return len(neurons)

    def _responses(self, session_id: int) -> tuple[dict[str, np.ndarray], pd.DataFrame, dict, np.ndarray]:
        """Responses of each kind by image and trial, the neurons, what it all follows from, and the scenes."""
        recording = self.observatory.get_ophys_experiment_data(session_id)
        templates = _templates(recording)
        shown = recording.get_stimulus_table(STIMULUS)
        starts, frames = shown['start'].to_numpy(), shown['frame'].to_numpy().astype(int)
        sweep = NaturalScenes(recording).sweeplength
        neurons = self._neurons(session_id, recording.get_cell_specimen_ids())
        recipe = {'session': session_id, 'sweep_frames': int(sweep),
                  'template_sha1': hashlib.sha1(templates.tobytes()).hexdigest()}

        _, traces = recording.get_corrected_fluorescence_traces()
        kinds = {'dff': mean_sweep_responses(_checked(traces, neurons, 'fluorescence'), starts, sweep)}
        events = Path(self.observatory.get_cache_path(None, 'EVENTS_DATA', session_id))
        if events.is_file():
            kinds['events'] = mean_events(_checked(self._events(session_id, events), neurons, 'events'), starts, sweep)
        return ({kind: by_image_and_trial(responses, frames) for kind, responses in kinds.items()}, neurons, recipe,
                templates)

    def _events(self, session_id: int, path: Path) -> np.ndarray:
        try:
            return self.observatory.get_ophys_experiment_events(session_id)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ValueError(f'its events, {path}, are damaged: delete them, too') from error

    def _neurons(self, session_id: int, cells: np.ndarray) -> pd.DataFrame:
        session = self.sessions[session_id]
        neurons = pd.DataFrame({
            'neuroid_id': [str(cell) for cell in cells], 'region': session['targeted_structure'],
            'animal': session['donor_name'], 'session_id': session_id,
            'container_id': session['experiment_container_id'], 'depth': session['imaging_depth'],
            'cre_line': session['cre_line'], 'reporter_line': session['reporter_line']})
        return neurons.join(self.metrics.reindex(cells).reset_index(drop=True))

    def _keep_templates(self, templates: np.ndarray, sha1: str, session: Path) -> None:
        """Write the scenes once; their SHA-1 must be the same in every session."""
        path = self.reduced / 'natural_scenes.h5'
        if not path.exists():
            with new_file(path) as file:
                file.create_dataset('templates', data=templates, chunks=(1, *templates.shape[1:]), compression=1,
                                    fletcher32=True).attrs['sha1'] = sha1
        with h5py.File(path) as file:
            if file['templates'].attrs['sha1'] != sha1:
                raise ValueError(f'{session} cannot be used (its templates are not those of the other sessions in '
                                 f'{path}): delete it and fetch again')


def _templates(recording) -> np.ndarray:
    """The scenes that a session showed, uint8 (118, height, width)."""
    templates = recording.get_stimulus_template(STIMULUS)
    if templates.dtype != np.uint8 or templates.ndim != 3 or len(templates) != N_IMAGES:
        raise ValueError(f'it holds {templates.dtype} templates of shape {templates.shape}; expected '
                         f'{N_IMAGES} 8-bit images')
    return templates


def _checked(traces: np.ndarray, neurons: pd.DataFrame, name: str) -> np.ndarray:
    if len(traces) != len(neurons):
        raise ValueError(f'it has {name} of {len(traces)} cells and ids of {len(neurons)}')
    return traces


def _sentence(error: Exception) -> str:
    return str(error.args[0] if isinstance(error, KeyError) and error.args else error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('command', choices=['sessions', 'reduce'])
    parser.add_argument('cache', type=Path)
    parser.add_argument('reduced', type=Path, nargs='?')
    arguments = parser.parse_args()
    try:
        if arguments.command == 'sessions':
            for session in sessions(arguments.cache):
                print(json.dumps({'session': str(session['id'])}), flush=True)
            return
        reduce = Reducer(arguments.cache, arguments.reduced)
    except ValueError as error:
        sys.exit(str(error))
    for line in sys.stdin:
        answer = {'session': line.strip()}
        try:
            answer['neurons'] = reduce(int(line))
        except ValueError as error:
            answer['error'] = str(error)
        except OSError as error:  # of what is written, not of the session
            sys.exit(str(error))
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
