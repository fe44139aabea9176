"""Reduces many Neuropixels caches in one process of AllenSDK's environment, with the network refused.

    python neuropixels_reductions.py TASKS.json

TASKS.json is a list of {"cache", "reduced", "sessions"}, or with "kill_after" (a file at whose appearance the process
that reduces is killed), "compare" (a session whose counts are compared with AllenSDK's own) or "largest_file" (bytes;
last, for it holds from then on). Prints a line of JSON for each: {"sessions": [...], "error": ...}, {"survived": [...]}
or {"equal": ...}.
"""
import contextlib
import io
import json
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path

import numpy as np

RECORDINGS = Path(__file__).resolve().parents[2] / 'brainscore_plugin' / 'recordings'
sys.path.insert(0, str(RECORDINGS / 'allen_neuropixels'))
import reduce_sessions as reduce  # noqa: E402
from session_file import read_session  # noqa: E402


def refuse(*arguments, **_):
    sys.exit(f'AllenSDK has asked the network for {arguments}')


def run(task: dict) -> dict:
    if 'compare' in task:
        return compare(task['cache'], Path(task['reduced']), task['compare'])
    if 'kill_after' in task:
        return kill(task)
    if 'largest_file' in task:  # fails the writes as a full disk does
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (task['largest_file'], task['largest_file']))
    lines, error = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(lines):
            reduce.main(Path(task['cache']), Path(task['reduced']), task['sessions'])
    except (OSError, ValueError) as failure:
        error = str(failure)
    reported = [json.loads(line) for line in lines.getvalue().splitlines() if line.startswith('{')]
    return {'sessions': reported, 'error': error}


def kill(task: dict) -> dict:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
            reduce.main(Path(task['cache']), Path(task['reduced']), task['sessions'])
        os._exit(0)
    while not Path(task['kill_after']).exists():
        time.sleep(.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return {'survived': sorted(path.name for path in Path(task['reduced']).glob('7*.h5'))}


def compare(cache: str, reduced: Path, session_id: str) -> dict:
    """Whether AllenSDK's table of units and presentationwise_spike_counts give what has been reduced."""
    counts, units, _ = read_session(reduced / f'{session_id}.h5')
    session = reduce.open_cache(Path(cache)).get_session_data(int(session_id))
    session.api._nwbfile = session.api.nwbfile
    of_areas = session.units[session.units['ecephys_structure_acronym'].isin(reduce.AREAS)].sort_index()
    scenes = session.stimulus_presentations
    scenes = scenes[scenes['stimulus_name'] == 'natural_scenes']
    own = session.presentationwise_spike_counts(np.arange(26) / 100, scenes.index.values, of_areas.index.values)
    frames = scenes['frame'].astype(float).to_numpy()
    equal = True
    for image in range(118):
        of_image = own.values[frames == image].transpose(0, 2, 1)
        reduced_to = counts[image, :len(of_image)]
        # where a probe has lost its spikes AllenSDK counts none
        equal &= bool(np.all((reduced_to == of_image) | np.isnan(reduced_to)))
    return {'equal': equal, 'units': list(of_areas.index.astype(str)) == list(units['neuroid_id'])}


if __name__ == '__main__':
    socket.socket.connect = socket.getaddrinfo = refuse
    for given in json.loads(Path(sys.argv[1]).read_text()):
        print(json.dumps(run(given)), flush=True)
