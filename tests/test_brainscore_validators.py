"""What Brain-Score itself asks of a plugin: its plugins' tests, its generic tests and its contracts."""
import os
import re

import numpy as np
import pytest
from forks import BRAINSCORE as FORKED
from forks import Forks
from PIL import Image
from submit.proven import PROVEN

from brainscore_plugin.link import installed_brainscore, plugins

pytestmark = pytest.mark.slow
BRAINSCORE = installed_brainscore()


@pytest.fixture(scope='module')
def run_pytest(tmp_path_factory):
    """Number of tests that pass in a process of their own, in which all must."""
    folder = tmp_path_factory.mktemp('validators')
    environment = {**os.environ, 'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'}  # napari's and Qt's take seconds

    def run(*arguments):
        code, output = forks.run('module', folder, environment, words=[
            'pytest', '-q', '-p', 'no:cacheprovider', '-c', os.devnull, f'--rootdir={BRAINSCORE}',
            *map(str, arguments)])
        assert code == 0, output[-7000:]
        return int(re.search(r'(\d+) passed', output)[1])
    with Forks([FORKED, 'pytest'], dict(os.environ)) as forks:
        yield run


def test_every_plugins_own_tests_pass_through_the_linked_path(run_pytest):
    """But for those that tests/submit/test_proof.py runs in a Brain-Score that knows nothing of this project."""
    tests = [BRAINSCORE / plugin.type / plugin.name / 'test.py' for plugin in plugins() if plugin.name not in PROVEN]
    assert run_pytest(*tests) >= len(tests)


@pytest.fixture
def images_missing_from_the_wheel():
    """Brain-Score's generic tests show three images that its wheel leaves out."""
    folder = BRAINSCORE / 'model_helpers' / 'generic_plugin_tests_resources'
    images = [folder / name for name in ('rgb1.jpg', 'rgb2.jpg', 'rgb3.png')]
    missing = [image for image in images if not image.exists()]
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for image in missing:
        Image.fromarray(rng.integers(0, 256, (96, 128, 3), dtype=np.uint8)).save(image)
    yield
    for image in missing:
        image.unlink()


@pytest.mark.parametrize('plugin', [p.name for p in plugins() if p.type == 'models' and p.name not in PROVEN])
def test_generic_model_tests_pass(plugin, images_missing_from_the_wheel, run_pytest):
    assert run_pytest(BRAINSCORE / 'model_helpers' / 'generic_plugin_tests.py',
                      '--plugin_directory', BRAINSCORE / 'models' / plugin) > 0


def test_cache_and_database_contracts_pass(run_pytest):
    assert run_pytest(BRAINSCORE / 'benchmark_helpers' / 'test_cache_contract.py',
                      BRAINSCORE / 'benchmark_helpers' / 'test_db_contract.py') > 1


def test_scores_satisfy_the_recorder_of_the_leaderboard():
    from brainscore_core.submission.database import _retrieve_score_center, _retrieve_score_error
    from brainscore_vision import load_benchmark, load_model
    from pybtex.database import parse_string
    benchmark = load_benchmark('SimulatedMouse.VISp-pls')
    score = benchmark(load_model('pixels64'))
    assert _retrieve_score_center(score) == score.item()
    assert _retrieve_score_center(score.raw) == score.raw.item()
    assert _retrieve_score_error(score) == score.attrs['error']
    assert isinstance(benchmark.version, int)
    assert 0 < benchmark.ceiling.item() <= 1
    (entry,) = parse_string(benchmark.bibtex, 'bibtex').entries.values()
    assert {'author', 'year', 'url'} <= {*entry.fields, *entry.persons}
    assert len(score.attrs['comment']) < 1000
