"""What is installed from a wheel or a source distribution is whole, and works without the repository.

Both are built offline by the build backend of ``pyproject.toml``. The wheel is then installed into an environment of
its own that borrows the dependencies of the tests, but not their editable installation of this project.
"""
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ('brainscore_plugin', 'napari_viewer', 'study', 'training')

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def tracked_files() -> set[str]:
    """Files of the four packages, as git knows them."""
    listed = subprocess.run(['git', 'ls-files', *PACKAGES], cwd=REPOSITORY, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip('what is packaged is compared with the files that git tracks: not in a git repository')
    return {name for name in listed.stdout.splitlines() if (REPOSITORY / name).is_file()}


def build(source: Path, out: Path, target: str) -> Path:
    """Build ``wheel`` or ``sdist`` of a source tree without network; returns the file."""
    run = subprocess.run([sys.executable, '-m', 'hatchling', 'build', '--target', target, '--directory', str(out)],
                         cwd=source, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    (built,) = out.glob('*.whl' if target == 'wheel' else '*.tar.gz')
    return built


@pytest.fixture(scope='module')
def wheel(tmp_path_factory) -> Path:
    return build(REPOSITORY, tmp_path_factory.mktemp('wheel'), 'wheel')


@pytest.fixture(scope='module')
def sdist(tmp_path_factory) -> Path:
    return build(REPOSITORY, tmp_path_factory.mktemp('sdist'), 'sdist')


def checksums(wheel: Path) -> dict[str, int]:
    """Name of each file in a wheel -> its CRC-32."""
    with zipfile.ZipFile(wheel) as archive:
        return {file.filename: file.CRC for file in archive.infolist()}


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    assert tracked_files() - checksums(wheel).keys() == set()


def test_the_source_distribution_holds_every_file_of_the_packages(sdist):
    with tarfile.open(sdist) as archive:
        inside = {name.partition('/')[2] for name in archive.getnames()}
    assert tracked_files() - inside == set()
    assert {'pyproject.toml', 'README.md', 'LICENSE', 'constraints.txt', 'Makefile'} <= inside


def test_the_source_distribution_makes_the_same_wheel(wheel, sdist, tmp_path):
    """So that what is tried below holds for both."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter='data')
    (source,) = tmp_path.iterdir()
    assert checksums(build(source, tmp_path / 'dist', 'wheel')) == checksums(wheel)


class Installation:
    """A wheel in an environment of its own, and a view of Brain-Score with the wheel's plugins.

    Parameters
    ----------
    wheel : pathlib.Path
        What is installed, without its dependencies.
    folder : pathlib.Path
        Of the environment, of all homes, and of what the commands write.
    """

    def __init__(self, wheel: Path, folder: Path):
        self.folder = folder
        venv.create(folder / 'environment', with_pip=True)
        self.scripts = folder / 'environment' / ('Scripts' if os.name == 'nt' else 'bin')
        install = self.run('python', '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-index', wheel)
        assert install.returncode == 0, install.stderr
        (where,) = (folder / 'environment').rglob('brainscore_plugin')
        # the .pth files of the borrowed folder, one of which is the editable installation, are not followed from here
        (where.parent / 'dependencies.pth').write_text(sysconfig.get_path('purelib') + '\n')

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name != 'PYTHONDONTWRITEBYTECODE'}
        return subprocess.run(
            [self.scripts / program, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
            env=environment | {'PYTHONPATH': str(self.folder / 'view'), 'BS_INSTALL_DEPENDENCIES': 'no',
                               'BRAINSCORE_MOUSE_HOME': str(self.folder / 'home')})

    def output(self, program: str, *arguments: str | Path) -> str:
        """What a program prints that must succeed."""
        run = self.run(program, *arguments)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@pytest.fixture(scope='module')
def installation(wheel, tmp_path_factory) -> Installation:
    installed = Installation(wheel, tmp_path_factory.mktemp('installation'))
    linked = installed.output('brainscore-mouse', 'link', '--view', installed.folder / 'view')
    assert 'plugins linked into' in linked
    return installed


def test_everything_comes_from_the_wheel(installation):
    places = installation.output('python', '-c', f'import importlib.util as u; '
                                 f'print(*(u.find_spec(name).origin for name in {PACKAGES}))').split()
    assert len(places) == len(PACKAGES)
    assert all(Path(place).is_relative_to(installation.folder) for place in places)


def test_doctor_finds_nothing_broken(installation):
    report = installation.output('brainscore-mouse', 'doctor')
    assert 'the packages of brainscore-mouse are whole' in report
    assert 'plugins are linked into' in report


def test_a_model_is_scored(installation, one_core):
    installation.output('brainscore-mouse', 'score', '--models', 'alexnet64_untrained',
                        '--benchmarks', 'SimulatedMouse.VISp-rdm', '--layers', 'conv5', '--out', 'scores')
    table = (installation.folder / 'scores' / 'leaderboard.csv').read_text()
    assert 'alexnet64_untrained' in table
    assert 'conv5' in table


@pytest.mark.parametrize(('command', 'option'), [('study', '--domains'), ('train', '--epochs')])
def test_commands_of_the_other_packages_are_there(installation, command, option):
    assert option in installation.output('brainscore-mouse', command, '--help')


def test_the_other_packages_import_from_the_wheel(installation):
    places = installation.output('python', '-c', 'import napari_viewer, study.run, training.train, training.domains\n'
                                 'for module in (napari_viewer, study, training): print(module.__file__)')
    assert len([place for place in places.split() if 'site-packages' in place]) == 3
