"""The script that makes the documentation's screenshots, on small models and images."""
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_viewer.docks import dock_names

SCRIPT = Path(__file__).parents[2] / 'docs' / 'screenshots.py'


@pytest.mark.slow
@pytest.mark.timeout(900)  # a window drawn by software on a busy machine
@pytest.mark.skipif(not os.environ.get('DISPLAY'), reason='needs a display')
def test_a_screenshot_is_made_of_every_dock(home, weight_files, sweep, tmp_path):
    done = subprocess.run([sys.executable, str(SCRIPT), '--out', str(tmp_path / 'shots'), '--models',
                           ','.join(map(str, weight_files[:2])), '--sweep', str(sweep)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    shots = sorted((tmp_path / 'shots').iterdir())
    assert [shot.name for shot in shots] == sorted(f'{name}.png' for name in dock_names())
    for shot in shots:
        assert np.asarray(Image.open(shot).convert('L')).std() > 10, f'{shot.name} is empty'
