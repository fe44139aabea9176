"""Every script of bench/ runs to its end at a tiny size; what it prints there says nothing of speed."""
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from brainscore_plugin.recordings import allen_environment

BENCH = Path(__file__).resolve().parents[2] / 'bench'
# script -> options beside --tiny, and what it prints
SCRIPTS = {
    'activations.py': ([], 'Brain-Score/bare'),
    'architectures.py': ([], 'of_ones_own.py:recurrent'),
    'few_images.py': ([], 'the better one is told'),
    'mappings.py': ([], 'time of other animals'),
    'noise_correction.py': ([], 'coverage, before -> after'),
    'page_in_browser.py': ([], 'until the page is ready'),
    'pls.py': ([], 'stock pls metric'),
    'published_similarity.py': ([], '| `random_features` |'),
    'recordings.py': ([], 'calcium, 8 cells'),
    'reliability.py': ([], '118 x 50 x 5'),
    'scene_size.py': ([], '| random, two layers | 32 x 32 |'),
    'spectra_and_filters.py': ([], '4 Gabor fits'),
    'sweep.py': ([], '4 of 4 tasks'),
    'training.py': ([], 'as documented'),
    'viewer.py': ([], 'scroll to another place'),
}
APART = {'page_in_browser.py', 'recordings.py', 'sweep.py', 'viewer.py'}  # they start processes or windows
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run_apart(folder: Path, script: str, *options: str) -> str:
    finished = subprocess.run(
        [sys.executable, BENCH / script, '--tiny', *options], cwd=folder, capture_output=True, text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1', 'BRAINSCORE_MOUSE_HOME': str(folder / 'home')})
    assert finished.returncode == 0, finished.stdout[-2000:] + finished.stderr[-3000:]
    return finished.stdout


@pytest.fixture
def run_here(tmp_path, monkeypatch, capsys):
    """Run a script in this process, which has imported by then what most of a script's time would go into."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(BENCH)
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))

    def run(script: str, *options: str) -> str:
        monkeypatch.setattr(sys, 'argv', [script, '--tiny', *options])
        with patch.dict(os.environ):  # scripts set variables
            runpy.run_path(str(BENCH / script), run_name='__main__')
        return capsys.readouterr().out
    return run


@pytest.mark.parametrize('script', SCRIPTS)
def test_a_script_runs(script, tmp_path, run_here):
    if script == 'viewer.py':
        pytest.importorskip('napari', reason='the viewer needs the extra "viewer"')
        if not os.environ.get('DISPLAY'):
            pytest.skip('needs a display: xvfb-run -a -s "-screen 0 1600x1000x24" python -m pytest tests/bench')
    if script == 'page_in_browser.py':
        pytest.importorskip('plotly', reason='the page needs Plotly')
        pytest.importorskip('playwright', reason='Playwright drives the browser')
        if not any(map(shutil.which, ('chromium-headless-shell', 'chromium', 'google-chrome'))):
            pytest.skip('no Chromium is installed: apt install chromium')
    if script == 'training.py':
        pytest.importorskip('lightly', reason='training needs the extra "train"')
    options, printed = SCRIPTS[script]
    if script == 'recordings.py':
        try:
            allen_environment.find_python()
        except FileNotFoundError:
            options = ['--sessions', '0']  # the other table needs AllenSDK
    assert printed in (run_apart(tmp_path, script, *options) if script in APART else run_here(script, *options))


def test_the_growth_of_a_sweeps_cost_is_drawn(tmp_path):
    run_apart(tmp_path, 'sweep.py', '--scaling', 'figure.png')
    assert (tmp_path / 'figure.png').read_bytes().startswith(b'\x89PNG')


def test_every_script_is_run():
    assert {path.name for path in BENCH.glob('*.py')} == {*SCRIPTS, 'measure.py'}
