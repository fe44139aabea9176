"""All tests write their data into a folder of the test run, never into the user's homes."""
import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix='brainscore-mouse-tests-'))
# before any import of Brain-Score, which reads them once
os.environ.update(BRAINIO_HOME=str(HOME / '.brainio'), BRAINSCORE_HOME=str(HOME / 'brain-score'),
                  RESULTCACHING_HOME=str(HOME / 'result_caching'), BS_INSTALL_DEPENDENCIES='no')


def pytest_sessionfinish():
    import shutil
    shutil.rmtree(HOME, ignore_errors=True)
