"""Scoring by the unmodified command line of Brain-Score, and our commands about scores."""
import os
import re
import subprocess
import sys

import pytest
from brainscore_vision import load_benchmark, load_model
from typer.testing import CliRunner

from brainscore_plugin.command_line import app

MODEL, BENCHMARK = 'pixels64', 'SimulatedMouse.VISp-pls'


def brainscore_cli(view, change_links):
    """Score through a view, so that the installation's own links stay as they are."""
    changed = CliRunner().invoke(app, [change_links, '--view', str(view)])
    assert changed.exit_code == 0, changed.output
    return subprocess.run([sys.executable, '-m', 'brainscore_vision', 'score', f'--model_identifier={MODEL}',
                           f'--benchmark_identifier={BENCHMARK}'], capture_output=True, text=True, cwd=view,
                          env={**os.environ, 'PYTHONPATH': str(view)})


@pytest.fixture(scope='module')
def view(tmp_path_factory):
    return tmp_path_factory.mktemp('view')


@pytest.fixture(scope='module')
def linked(view):
    run = brainscore_cli(view, 'link')
    assert run.returncode == 0, run.stderr
    return run


def test_the_command_line_prints_the_number_that_python_gets(linked):
    printed = re.search(r'array\(([-\d.e]+)\)', linked.stdout)
    assert float(printed[1]) == pytest.approx(load_benchmark(BENCHMARK)(load_model(MODEL)).item(), abs=1e-8)


def test_without_links_the_identifier_is_unknown(view, linked):
    run = brainscore_cli(view, 'unlink')
    assert run.returncode != 0
    assert run.stderr.strip().endswith(f'No registrations found for {MODEL}')


def test_ceiling_shows_each_animal_and_the_area(tmp_path):
    result = CliRunner().invoke(app, ['ceiling', BENCHMARK, '--out', str(tmp_path / 'neurons.csv')])
    assert result.exit_code == 0, result.output
    assert [line.split()[2] for line in result.stdout.splitlines() if line.startswith(f'{BENCHMARK} ')] == [
        'simulated_mouse_1', 'simulated_mouse_2', 'simulated_mouse_3', 'all']
    assert len((tmp_path / 'neurons.csv').read_text().splitlines()) == 181
