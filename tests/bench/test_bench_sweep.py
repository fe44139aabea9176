"""The script that times sweeps, which starts processes."""
import pytest
from apart import run_apart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_part_of_a_sweep_is_timed(tmp_path):
    assert '4 of 4 tasks' in run_apart(tmp_path, 'sweep.py')


def test_the_growth_of_a_sweeps_cost_is_drawn(tmp_path):
    run_apart(tmp_path, 'sweep.py', '--scaling', 'figure.png')
    assert (tmp_path / 'figure.png').read_bytes().startswith(b'\x89PNG')
