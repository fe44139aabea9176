"""All tests write their data into a folder of the test run, never into the user's homes."""
import os
import tempfile
import urllib.request
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

HOME = Path(tempfile.mkdtemp(prefix='brainscore-mouse-tests-'))
if 'OMP_NUM_THREADS' not in os.environ:  # on a busy machine BLAS's threads spin: a test took 300 s instead of 3
    os.environ['OMP_NUM_THREADS'] = '1'
    threadpool_limits(1)  # of NumPy, which napari's plugin of pytest has imported by now
os.environ.pop('PYTHONDONTWRITEBYTECODE', None)  # or each process that a test starts would compile PyTorch anew
# before any import of Brain-Score, which reads them once
os.environ.update(BRAINIO_HOME=str(HOME / '.brainio'), BRAINSCORE_HOME=str(HOME / 'brain-score'),
                  RESULTCACHING_HOME=str(HOME / 'result_caching'), BS_INSTALL_DEPENDENCIES='no',
                  BRAINSCORE_MOUSE_HOME=str(HOME / 'brainscore-mouse'))
TEST_DATA = 'BRAINSCORE_MOUSE_TEST_DATA'
BESIDE_THE_CLONE = Path(__file__).resolve().parents[2] / 'shared' / 'data'


def real_data() -> Path:
    """The folder that BRAINSCORE_MOUSE_TEST_DATA names, by default ``../shared/data`` beside the clone."""
    return Path(os.environ.get(TEST_DATA) or BESIDE_THE_CLONE)


def real_images() -> Path | None:
    """Folder of real images in the official archives' layouts; None where there is none.

    The variable BRAINSCORE_MOUSE_TEST_DATA names a folder with ``domains/``; if it is not set, ``../shared/data``
    beside the clone is taken if it is there. Nothing else outside of the repository is looked for.
    """
    archives = real_data() / 'domains'
    return archives if archives.is_dir() else None


@pytest.fixture(scope='session')
def domain_archives() -> Path:
    """:func:`real_images`; without them, the tests that want them are skipped."""
    archives = real_images()
    if archives is None:
        pytest.skip(f'no real images: set {TEST_DATA} to a folder with domains/')
    return archives


@pytest.fixture(scope='session')
def similarity_matrices() -> tuple[Path, Path]:
    """Folder of the matrices of Conwell et al. (2021), and file of their scenes; without them tests are skipped."""
    places = real_data() / 'mouse' / 'allen_rsms', real_data() / 'aivc' / 'natural_scenes_31x31.npy'
    if not all(place.exists() for place in places):
        pytest.skip(f'no published similarity matrices: set {TEST_DATA} to a folder with mouse/ and aivc/')
    return places


@pytest.fixture(scope='session')
def antolik_supplement() -> Path:
    """Folder of the supplement of Antolík et al. (2016) as it was published; without it, tests are skipped."""
    supplement = real_data() / 'mouse' / 'antolik2016'
    if not supplement.is_dir():
        pytest.skip(f'no supplement: set {TEST_DATA} to a folder with mouse/antolik2016')
    return supplement


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of slow tests first: one that a core begins last is what all others wait for.

    In the order of pytest-xdist, by the number of tests in a file, a file that holds one long test alone comes last.
    """
    slow = {item.path for item in items if item.get_closest_marker('slow')}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    archives = real_images()
    named = os.environ.get(TEST_DATA)
    absent = f'{named} has no domains/' if named else f'{TEST_DATA} is not set'
    terminalreporter.write_line(f'Real images: {archives}' if archives else
                                f'Real images: none ({absent}), so that tests on them are skipped')


@pytest.fixture(scope='module')
def without_network():
    """Every request fails, in this process and in those that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ('http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'):
            patch.setenv(name, 'http://127.0.0.1:9')
        patch.setenv('no_proxy', '')
        patch.setattr(urllib.request, '_opener', None)  # it keeps the proxies of its first request for good
        yield


@pytest.fixture(scope='module')
def one_core():
    """A core for processes that are started; Dask starts a worker a core, each of which imports Brain-Score."""
    if not hasattr(os, 'sched_setaffinity'):
        yield
        return
    cores = sorted(os.sched_getaffinity(0))
    worker = int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))  # another has another core
    os.sched_setaffinity(0, {cores[worker % len(cores)]})
    yield
    os.sched_setaffinity(0, cores)


def pytest_sessionfinish():
    import shutil
    shutil.rmtree(HOME, ignore_errors=True)
