"""All tests write their data into a folder of the test run, never into the user's homes."""
import os
import tempfile
import urllib.request
from pathlib import Path

import pytest

HOME = Path(tempfile.mkdtemp(prefix='brainscore-mouse-tests-'))
# before any import of Brain-Score, which reads them once
os.environ.update(BRAINIO_HOME=str(HOME / '.brainio'), BRAINSCORE_HOME=str(HOME / 'brain-score'),
                  RESULTCACHING_HOME=str(HOME / 'result_caching'), BS_INSTALL_DEPENDENCIES='no',
                  BRAINSCORE_MOUSE_HOME=str(HOME / 'brainscore-mouse'))
REAL_IMAGES = Path(os.environ.get('BRAINSCORE_MOUSE_TEST_DATA',
                                  Path(__file__).resolve().parents[2] / 'shared' / 'data'))


@pytest.fixture(scope='session')
def domain_archives() -> Path:
    """Folder of real images in the official archives' layouts; without it, the tests that want it are skipped."""
    archives = REAL_IMAGES / 'domains'
    if not archives.is_dir():
        pytest.skip(f'no real images at {archives}: set BRAINSCORE_MOUSE_TEST_DATA to a folder with domains/')
    return archives


@pytest.fixture(scope='module')
def without_network():
    """Every request fails, in this process and in those that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ('http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'):
            patch.setenv(name, 'http://127.0.0.1:9')
        patch.setenv('no_proxy', '')
        patch.setattr(urllib.request, '_opener', None)  # it keeps the proxies of its first request for good
        yield


def pytest_sessionfinish():
    import shutil
    shutil.rmtree(HOME, ignore_errors=True)
