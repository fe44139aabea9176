"""The script that times the viewer, which opens a window."""
import os

import pytest
from apart import run_apart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_viewer_is_timed(tmp_path):
    pytest.importorskip('napari', reason='the viewer needs the extra "viewer"')
    if not os.environ.get('DISPLAY'):
        pytest.skip('needs a display: xvfb-run -a -s "-screen 0 1600x1000x24" python -m pytest tests/bench')
    assert 'scroll to another place' in run_apart(tmp_path, 'viewer.py')
