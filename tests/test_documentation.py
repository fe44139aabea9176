"""Every command and every block of Python in the documentation does what it says there.

All are run as they are written, page by page, in a folder of their own. What cannot be is in :data:`INSTEAD`, with the
reason and with what is checked of it; what is only made smaller is in :data:`SMALLER`. There is no third way: a command
that is in neither is run.
"""
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import typer
from forks import BRAINSCORE, Forks
from PIL import Image

from brainscore_plugin import link as links
from brainscore_plugin.command_line import app

ROOT = Path(__file__).resolve().parents[1]
DATA_READMES = sorted((ROOT / 'brainscore_plugin' / 'data').glob('*/README.md'))
PAGES = [ROOT / 'README.md', *(ROOT / 'docs' / f'{name}.md' for name in (
    'index', 'score', 'any-network', 'method', 'models-and-benchmarks', 'recordings', 'train', 'study', 'viewer',
    'submit', 'formats', 'add-a-model', 'add-a-domain', 'add-a-benchmark')), ROOT / 'CONTRIBUTING.md', *DATA_READMES]
AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
BLOCK = re.compile(r'^```(\w*)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
LINKED = [*PAGES, ROOT / 'CHANGELOG.md', *sorted((ROOT / 'docs' / 'api').glob('*.md'))]
PLUGIN_FILE = re.compile(r'# ((?:models|data|metrics|benchmarks)/\w+/\w+\.py)\n')


# What cannot be run here as it is written

def dry_make(words: list) -> None:
    run = subprocess.run(['make', '--dry-run', *words[1:]], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def is_understood(words: list) -> None:
    """The command line takes the command with these arguments and options; nothing is run."""
    command, name, rest = typer.main.get_command(app), words[0], words[1:]
    while hasattr(command, 'resolve_command'):
        context = command.make_context(name, list(rest), resilient_parsing=True)
        name, found, rest = command.resolve_command(context, list(rest))
        assert found, f"No such command '{rest[0] if rest else name}'"
        command = found
    command.make_context(name, list(rest)).close()


def names_recordings(words: list) -> None:
    from brainscore_plugin.recordings.catalogue import published
    is_understood(words)
    published(words[3])


def names_a_domain(words: list) -> None:
    from training.domains import DOMAINS
    is_understood(words)
    assert words[3] in DOMAINS


def is_the_tests_own_environment(words: list) -> None:
    assert words[1] == '.venv/bin/activate'
    assert 'VENV := .venv\n' in (ROOT / 'Makefile').read_text()


def is_a_script(words: list) -> None:
    path = ROOT / words[0]
    assert os.access(path, os.X_OK)
    assert subprocess.run(['bash', '-n', str(path)]).returncode == 0


def names_tests(words: list) -> None:
    paths = [ROOT / word for word in words[words.index('pytest') + 1:]]
    assert paths
    assert all(path.is_file() or list(path.glob('test_*.py')) for path in paths)


def is_configured(words: list) -> None:
    assert 'ruff' in (ROOT / '.pre-commit-config.yaml').read_text()


INSTEAD: list[tuple[str, str, Callable]] = [
    ('make ', 'installs gigabytes, or runs this very test: its recipe is expanded', dry_make),
    ('.ci/run', 'runs all the tests', is_a_script),
    ('source ', 'the tests run in that environment already', is_the_tests_own_environment),
    ('python -m pytest', 'would test within a test', names_tests),
    ('xvfb-run -a python -m pytest', 'the same', names_tests),
    ('pre-commit', 'changes the checkout', is_configured),
    ('brainscore-mouse recordings fetch', 'downloads; tests/recordings fetch from a server', names_recordings),
    ('brainscore-mouse recordings package', 'needs them; tests/recordings package fabricated ones', names_recordings),
    ('brainscore-mouse recordings verify', 'needs them; tests/recordings verify', names_recordings),
    ('brainscore-mouse domains fetch', 'downloads; tests/training fetch from a server', names_a_domain),
    ('brainscore-mouse domains prepare quickdraw', 'needs the download; that of sketch is run', names_a_domain),
    ('brainscore-mouse import-checkpoint', "needs one of the authors'; tests/training fabricate them", is_understood),
    ('brainscore-mouse register authors_sketch', 'needs its weights; that of leaves is run', is_understood),
    ('brainscore-mouse study', 'takes minutes; tests/study run it', is_understood),
    ('brainscore-mouse submit', 'takes minutes; tests/submit run it', is_understood),
    ('brainscore-mouse view', 'opens a window until it is closed; tests/viewer open them', is_understood),
]
INSTEAD_OF_PYTHON = {  # what a block holds -> why it is only compiled
    'from dask_jobqueue import SLURMCluster': 'needs a SLURM cluster',
    'napari_viewer.show(': 'needs a screen; tests/viewer call it',
    'brainscore_vision.data.deVries2020.recording import load_recordings': 'needs the recordings',
    'brainscore_vision.data.Conwell2021.recording import load_similarities': 'needs the recordings',
}
SMALLER = {'brainscore-mouse train': '--epochs 1 --batch-size 8 --set head_width=32 --accelerator cpu',
           'brainscore-mouse score': '--models pixels64,random_features --benchmarks SimulatedMouse.VISp-pls'}


@dataclass
class Workplace:
    """A folder with what the documentation supposes, and a process that runs commands in it."""
    folder: Path
    forks: Forks
    done: set = field(default_factory=set)

    def __post_init__(self):
        self.begin_page()

    def begin_page(self) -> None:
        """What a page exports holds to its end."""
        self.env = dict(os.environ, PYTHONPATH=str(self.folder / 'brainscore'), OMP_NUM_THREADS='1',
                        BRAINSCORE_MOUSE_HOME=str(self.folder / 'home'), TQDM_DISABLE='1',
                        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        self.as_begun = self.env['PYTHONPATH']

    def command(self, line: str) -> None:
        """Do what a line of a shell block says; the same line is done once, whatever the page."""
        words = self._expanded(line)
        if words[0] == 'export':
            self.env.update(word.split('=', 1) for word in words[1:])
            return
        key = (tuple(words), self.env['PYTHONPATH'])
        if key in self.done:
            return
        self.done.add(key)
        for beginning, _, check in INSTEAD:
            if line.startswith(beginning):
                check(shlex.split(line, comments=True))
                return
        for beginning, options in SMALLER.items():
            if line.startswith(beginning):
                words += options.split()
        self._run(line, words)

    def _expanded(self, line: str) -> list:
        """The words of a line, as bash makes them of variables, quotes and ~."""
        tokens = shlex.shlex(line, posix=True, punctuation_chars=True)
        assert not set(tokens) & set('|&;<>'), f'more than one command, or a redirection, in one line: {line}'
        printed = subprocess.run(['bash', '-c', f'printf "%s\\0" {line}'], env=self.env, cwd=self.folder,
                                 capture_output=True, check=True)
        return printed.stdout.decode().split('\0')[:-1]

    def _run(self, line: str, words: list) -> None:
        as_begun = self.env['PYTHONPATH'] == self.as_begun  # the forks' Brain-Score
        if as_begun and words[0] == 'brainscore-mouse':
            self._fork(line, 'command', words=words)
        elif as_begun and words[:2] == ['python', '-m']:
            self._fork(line, 'module', words=words[2:])
        else:
            run = subprocess.run(words, cwd=ROOT if words[0] == 'ruff' else self.folder, env=self.env,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            assert run.returncode == 0, f'{line}\n{run.stdout[-3000:]}'

    def python(self, code: str) -> None:
        """Run a block of Python, or write it where its first line says."""
        compile(code, '<block>', 'exec')
        plugin = PLUGIN_FILE.match(code)
        if plugin:
            path = self.folder / 'brainscore' / 'brainscore_vision' / plugin[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(code[plugin.end():])
        elif not any(part in code for part in INSTEAD_OF_PYTHON):
            self._fork(code, 'python', code=code)

    def _fork(self, what: str, kind: str, **job) -> None:
        code, output = self.forks.run(kind, self.folder, self.env, **job)
        assert code == 0, f'{what}\n{output[-3000:]}'


@pytest.fixture(scope='module')
def workplace(tmp_path_factory, one_core):
    folder = tmp_path_factory.mktemp('documentation')
    links.link(links.make_view(folder / 'brainscore', links.installed_brainscore()))
    rng = np.random.default_rng(0)
    listed = {'train': [], 'test': []}
    for i in range(24):
        picture = Image.fromarray(rng.integers(0, 256, (70, 80, 3), dtype=np.uint8))
        kind = ('oak', 'maple')[i % 2]
        for path in (folder / 'my_leaves' / kind, folder / 'downloads' / 'sketch' / kind):
            path.mkdir(parents=True, exist_ok=True)
            picture.save(path / f'{i}.png')
        listed['test' if i >= 16 else 'train'].append(f'sketch/{kind}/{i}.png {i % 2}\n')
    for split, lines in listed.items():
        (folder / 'downloads' / f'sketch_{split}.txt').write_text(''.join(lines))
    with Forks([BRAINSCORE, 'training.filter_sheet', 'training.probe', 'training.train'],
               {**os.environ, 'PYTHONPATH': str(folder / 'brainscore'), 'OMP_NUM_THREADS': '1'}) as forks:
        yield Workplace(folder, forks)


def blocks(page: Path) -> list:
    return [(block[1], block[2]) for block in BLOCK.finditer(page.read_text(encoding='utf-8'))]


def commands(block: str) -> list:
    """The lines of a shell block, continued ones joined."""
    return [line for line in block.replace('\\\n', ' ').splitlines() if line.strip() and not line.startswith('#')]


# in the order of PAGES and in one process: pages build on earlier ones
@pytest.mark.slow
@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_do_what_they_say(page, workplace):
    workplace.begin_page()
    for language, text in blocks(page):
        if language == 'python':
            workplace.python(text)
        elif language == 'sh':
            for line in commands(text):
                workplace.command(line)
        else:
            assert language in ('', 'math'), f'a block of {language} is not run by any test: say sh or python'


def test_every_page_is_tested():
    assert set(PAGES) == {ROOT / 'README.md', ROOT / 'CONTRIBUTING.md', *(
        page for page in (ROOT / 'docs').glob('*.md') if page.name != 'changes.md'), *DATA_READMES}


def test_every_exception_is_needed():
    lines = [line for page in PAGES for language, text in blocks(page) if language == 'sh' for line in commands(text)]
    code = [text for page in PAGES for language, text in blocks(page) if language == 'python']
    for beginning in [*(beginning for beginning, _, _ in INSTEAD), *SMALLER]:
        assert any(line.startswith(beginning) for line in lines), beginning
    for part in INSTEAD_OF_PYTHON:
        assert any(part in block for block in code), part


def test_a_command_that_does_not_exist_is_not_understood():
    with pytest.raises(Exception, match='No such option'):
        is_understood(['brainscore-mouse', 'recordings', 'fetch', 'allen-calcium', '--fast'])
    with pytest.raises(Exception, match='No such command'):
        is_understood(['brainscore-mouse', 'look'])
    with pytest.raises(ValueError, match='allen-mri'):
        names_recordings(['brainscore-mouse', 'recordings', 'fetch', 'allen-mri'])


def test_a_command_that_fails_fails_the_test(workplace):
    workplace.begin_page()
    with pytest.raises(AssertionError, match="No model 'no_such_model'"):
        workplace.command('brainscore-mouse check no_such_model SimulatedMouse.VISp-pls')
    with pytest.raises(AssertionError, match='ZeroDivisionError'):
        workplace.python('1 / 0')


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_the_text_mentions_exist(page):
    text = re.sub(r'\s+', ' ', BLOCK.sub('', page.read_text(encoding='utf-8')))
    extras = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['optional-dependencies']
    for listed in re.findall(r"`pip install -c constraints.txt '\.\[([^]]*)\]'`", text):
        assert set(listed.split(',')) <= set(extras)
    for script in re.findall(r'`python (bench/[^`]*\.py)`', text):
        assert (ROOT / script).is_file()
    for mentioned in re.findall(r'`((?:brainscore-mouse|make) [^`]*)`', text):
        words = [word.strip('[]') for word in mentioned.split()]
        if words[0] == 'make':
            assert re.search(rf'^{words[1]}:', (ROOT / 'Makefile').read_text(), re.MULTILINE), mentioned
            continue
        command, words = typer.main.get_command(app), words[1:]
        while hasattr(command, 'commands') and words:
            assert words[0] in command.commands, f'{page.name}: {mentioned}'
            command, words = command.commands[words[0]], words[1:]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith('--')} <= options, f'{page.name}: {mentioned}'


# Links and names

def headings(page: Path) -> set:
    """Anchors of a page, as GitHub and MkDocs make them."""
    text = BLOCK.sub('', page.read_text(encoding='utf-8'))
    plain = (re.sub(r'[^\w\s-]', '', title.lower()) for title in re.findall(r'^#+ +(.*)$', text, re.MULTILINE))
    return {re.sub(r'\s+', '-', title.strip()) for title in plain}


@pytest.mark.parametrize('page', LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_are_there(page):
    for target in re.findall(r'\]\(([^)\s]+)\)', BLOCK.sub('', page.read_text(encoding='utf-8'))):
        if target.startswith('http'):
            continue
        path, _, anchor = target.partition('#')
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), f'{page.name} links to {target}, which is not there'
        if anchor:
            assert anchor in headings(place), f'{page.name} links to {target}: {sorted(headings(place))}'


def test_files_that_are_named_are_there():
    for page in PAGES:
        for name in re.findall(r'`((?:bench|brainscore_plugin|training|study|napari_viewer|tests|docs)/[\w./-]+)`',
                               page.read_text(encoding='utf-8')):
            # those that pages make as examples
            assert (ROOT / name).exists() or re.search('tiny_network|mine2026', name), f'{page.name} names {name}'


def registered(type_: str) -> set:
    return {identifier for plugin in links.plugins() if plugin.type == type_ and
            plugin.directory.is_relative_to(links.PLUGIN_ROOT) for identifier in plugin.identifiers}


def named(page: Path, *columns: str) -> set:
    """Identifiers in the tables that have a column of such a name, in these columns."""
    found = set()
    for table in re.findall(r'(?:^\|.*\n)+', page.read_text(encoding='utf-8'), re.MULTILINE):
        rows = [[cell.strip() for cell in row.strip('|').split('|')] for row in table.splitlines()]
        for column in set(columns) & set(rows[0]):
            for row in rows[2:]:
                found |= _expanded(row[rows[0].index(column)])
    return found


def _expanded(cell: str) -> set:
    """The identifiers of a cell; AREA stands for all areas, and `a1` … `a4` for those between, too."""
    names = re.findall(r'`([^`]+)`', cell)
    if '…' in cell and len(names) == 2:
        stem, first, last = names[0][:-1], int(names[0][-1]), int(names[1][-1])
        assert names[1][:-1] == stem
        names = [f'{stem}{number}' for number in range(first, last + 1)]
    return {name.replace('AREA', area) for name in names for area in AREAS}


def test_the_readme_names_all_models_benchmarks_and_metrics_and_no_others():
    readme = ROOT / 'README.md'
    assert named(readme, 'model') == registered('models')
    benchmarks = named(readme, 'benchmark')
    few_images = {f'Antolik2016.VISp-{variant}' for variant in ('pls', 'pls_held_out', 'ridge', 'rdm', 'cka')}
    assert 'Antolik2016.VISp-pls' in benchmarks
    fitted = {name.removesuffix('-pls') for name in benchmarks - few_images if name.endswith('-pls')}
    matrices = {name for name in benchmarks - few_images if name.endswith('-rdm')}
    halved = {name for name in fitted if not name.startswith('Willeke2022')}  # all images repeated
    assert few_images | {f'{name}{variant}' for name in fitted for variant in ('-pls', '-pls_pooled', '-rdm')} | {
        f'{name}{variant}' for name in halved for variant in ('-ridge', '-cka')} | {
        f'{name}{variant}' for name in matrices for variant in ('', '_spearman')} == registered('benchmarks')
    ceilings = {'mouse_rdm_reliability', 'mouse_rdm_sites_reliability', 'mouse_cka_reliability',
                'inter_animal_consistency_ridge'}
    assert named(readme, 'metric') | ceilings == registered('metrics')


def test_the_documentation_names_all_plugins_and_no_others():
    page = ROOT / 'docs' / 'models-and-benchmarks.md'
    assert named(page, 'model') == registered('models')
    assert named(page, 'PLS', 'ridge', 'pooled, as the study published it', 'dissimilarity matrices',
                 'CKA') == registered('benchmarks')
    assert named(page, 'metric') == registered('metrics')
    assert named(page, 'stimulus set and assembly') | {'Willeke2022'} == registered('data')
