"""Every script of bench/ runs to its end at a tiny size; what it prints there says nothing of speed."""
import os
import runpy
import shutil
import sys
from unittest.mock import patch

import pytest
from apart import BENCH, run_apart
from brainscore_core.supported_data_standards.brainio import fetch

from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.allen_rsm import recording as allen_rsm

# script -> options beside --tiny, and what it prints
SCRIPTS = {
    'activations.py': ([], 'Brain-Score/bare'),
    'architectures.py': ([], 'of_ones_own.py:recurrent'),
    'few_images.py': ([], 'the better one is told'),
    'mappings.py': ([], 'time of other animals'),
    'matrix_intervals.py': ([], 'before -> after'),
    'noise_correction.py': ([], 'coverage, before -> after'),
    'page_in_browser.py': ([], 'until the page is ready'),
    'pls.py': ([], 'stock pls metric'),
    'published_similarity.py': ([], '| `random_features`, features |'),
    'real_neurons.py': ([], '| random features, 2 sets |'),
    'recordings.py': ([], 'calcium, 8 cells'),
    'reliability.py': ([], '118 x 50 x 5'),
    'scene_size.py': ([], '| random, two layers | 32 x 32 |'),
    'spectra_and_filters.py': ([], '4 Gabor fits'),
    'training.py': ([], 'as documented'),
}
ELSEWHERE = {'sweep.py', 'viewer.py'}  # have modules of their own
APART = {'page_in_browser.py', 'recordings.py'}  # they start processes of their own
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def run_here(tmp_path, monkeypatch, capsys):
    """Run a script in this process, which has imported by then what most of a script's time would go into."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(BENCH)
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))

    def run(script: str, *options: str) -> str:
        monkeypatch.setattr(sys, 'argv', [script, '--tiny', *options])
        for module, name in ((fetch, '_local_data_path'), (allen_rsm, 'FILES')):  # scripts set them; put back later
            monkeypatch.setattr(module, name, getattr(module, name))
        with patch.dict(os.environ):  # scripts set variables
            runpy.run_path(str(BENCH / script), run_name='__main__')
        return capsys.readouterr().out
    return run


@pytest.mark.parametrize('script', SCRIPTS)
def test_a_script_runs(script, tmp_path, run_here):
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
    apart = script in APART
    assert printed in (run_apart(tmp_path, script, *options) if apart else run_here(script, *options))


def test_every_script_is_run():
    assert {path.name for path in BENCH.glob('*.py')} == {*SCRIPTS, *ELSEWHERE, 'measure.py', 'efficientnet_lite0.py'}
