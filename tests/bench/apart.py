"""Runs a script of bench/ in a process of its own."""
import os
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / 'bench'


def run_apart(folder: Path, script: str, *options: str) -> str:
    """What it prints at a tiny size; works in a folder, and has its home there."""
    finished = subprocess.run(
        [sys.executable, BENCH / script, '--tiny', *options], cwd=folder, capture_output=True, text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1', 'BRAINSCORE_MOUSE_HOME': str(folder / 'home')})
    assert finished.returncode == 0, finished.stdout[-2000:] + finished.stderr[-3000:]
    return finished.stdout
