"""Checks of all that scoring, training, the study and the viewer need, each with a remedy."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from brainscore_plugin.link import PLUGIN_ROOT, PLUGIN_TYPES, installed_brainscore, is_live, plugins
from training.disk import existing_folder, free_space
from training.home import project_home

DISTRIBUTION = 'brainscore-mouse'
FINE, NOTE, BROKEN = 'ok', 'note', 'broken'  # 'broken' is what keeps models from being scored
EXTRAS = {'train': "'brainscore-mouse train'", 'study': "'brainscore-mouse study'", 'viewer': "'brainscore-mouse view'"}
# Folders of an installation, and what does not work without them
PARTS = {
    'brainscore_plugin/data': 'every benchmark', 'brainscore_plugin/metrics': 'every benchmark',
    'brainscore_plugin/benchmarks': 'every benchmark', 'brainscore_plugin/models': 'every model',
    'brainscore_plugin/recordings': "'brainscore-mouse recordings'",
    'brainscore_plugin/submit': "'brainscore-mouse submit'", 'brainscore_plugin/sweep': "'brainscore-mouse score'",
    'brainscore_plugin/command_line': 'every command',
    'brainscore_plugin/any_network': "'brainscore-mouse score --models torchvision:…'",
    'brainscore_plugin/leaderboard_page': "'brainscore-mouse leaderboard'", 'training': "'brainscore-mouse train'",
    'training/domains': "'brainscore-mouse domains'", 'study': "'brainscore-mouse study'",
    'study/analyses': "'brainscore-mouse study'", 'study/templates': "'brainscore-mouse study'",
    'napari_viewer': "'brainscore-mouse view'", 'napari_viewer/core': "'brainscore-mouse view'",
    'napari_viewer/widgets': "'brainscore-mouse view'",
}
LITTLE_SPACE, TOO_LITTLE_SPACE = 2_000_000_000, 20_000_000  # bytes: a prepared domain; the simulated recordings
PATIENCE = 120  # s; what takes longer than this to start is taken to hang

# Debian's packages of the libraries that Qt's wheels expect of the system
QT_PACKAGES = {
    'libGL.so.1': 'libgl1', 'libEGL.so.1': 'libegl1', 'libdbus-1.so.3': 'libdbus-1-3',
    'libfontconfig.so.1': 'libfontconfig1', 'libglib-2.0.so.0': 'libglib2.0-0', 'libgthread-2.0.so.0': 'libglib2.0-0',
    'libxkbcommon-x11.so.0': 'libxkbcommon-x11-0', 'libxkbcommon.so.0': 'libxkbcommon0',
    'libxcb-cursor.so.0': 'libxcb-cursor0', 'libxcb-icccm.so.4': 'libxcb-icccm4',
    'libxcb-keysyms.so.1': 'libxcb-keysyms1', 'libxcb-shape.so.0': 'libxcb-shape0',
}
_CACHED = re.compile(r'(?:^|,)(?:stimuli_)?identifier=([^,@]+?)(?:--[^,]*)?(?=,|\.pkl$|\.nc$)')


@dataclass(frozen=True)
class Finding:
    """What a check found: a verdict (:data:`FINE`, :data:`NOTE` or :data:`BROKEN`), and what to do about it."""
    verdict: str
    what: str
    remedy: str = ''

    def __str__(self) -> str:
        lines = f'{self.verdict:<8}{self.what}'
        return f"{lines}\n{'':<8}remedy: {self.remedy}" if self.remedy else lines


def diagnose() -> Iterator[Finding]:
    """Everything that is checked, as it is found; nothing is changed."""
    yield check_parts()
    yield check_requirements()
    try:
        brainscore = installed_brainscore()
    except FileNotFoundError as error:
        yield Finding(BROKEN, 'brainscore_vision is not installed', str(error).partition(': ')[2])
    else:
        yield check_import()
        yield check_links(brainscore)
        yield check_writable('score files', brainscore.parent, BROKEN,
                             "'brainscore-mouse link --view DIR' makes a folder of your own to put on PYTHONPATH")
    yield check_install_dependencies()
    yield check_bytecode()
    yield check_writable('BRAINIO_HOME', _home('BRAINIO_HOME', '.brainio'), BROKEN)
    yield check_writable('RESULTCACHING_HOME', _home('RESULTCACHING_HOME', '.result_caching'), NOTE)
    yield check_writable('BRAINSCORE_MOUSE_HOME', project_home(), NOTE)
    yield check_cached_results()
    for extra in EXTRAS:
        yield check_extra(extra)
    yield check_allen_environment()
    yield check_qt()
    yield check_processor()


def check_parts(root: Path = PLUGIN_ROOT.parent) -> Finding:
    """Whether every folder of this package was installed.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the packages.
    """
    missing = {part: user for part, user in PARTS.items() if not (root / part).is_dir()}
    if not missing:
        return Finding(FINE, f'the packages of {DISTRIBUTION} are whole')
    parts = '; '.join(f'{part}, which {user} needs' for part, user in missing.items())
    return Finding(BROKEN, f'parts of {DISTRIBUTION} are missing from {root}: {parts}',
                   'pip install --force-reinstall --no-deps . in a clone of the repository')


def check_requirements() -> Finding:
    """Whether all that this package requires is installed, in a release that will do; boto3 is what usually is not."""
    wrong = _unmet('')
    if not wrong:
        return Finding(FINE, f"requirements are met, boto3 {metadata.version('boto3')} among them")
    return Finding(BROKEN, f"requirements are not met: {'; '.join(wrong.values())}",
                   f'pip install {" ".join(repr(requirement) for requirement in wrong)}')


def check_import() -> Finding:
    """Whether Brain-Score imports, in a process of its own, and how long that takes."""
    started = time.perf_counter()
    failure = _failure_of('import brainscore_vision')
    if failure:
        return Finding(BROKEN, f'Brain-Score does not import: {failure}',
                       "pip install 'boto3>=1.34' if it is boto3 or botocore that fails; else install brainscore-mouse "
                       'anew, into an environment of its own')
    release = metadata.version('brainscore-vision')
    return Finding(FINE, f'Brain-Score {release} imports in {time.perf_counter() - started:.1f} s')


def check_links(brainscore: Path, root: Path = PLUGIN_ROOT) -> Finding:
    """Whether Brain-Score sees every plugin, and no link of any leads nowhere.

    Parameters
    ----------
    brainscore : pathlib.Path
        Folder ``brainscore_vision``.
    root : pathlib.Path
        Folder of this project's plugins.
    """
    ours = plugins()
    hidden = [f'{plugin.type}/{plugin.name}' for plugin in ours if not is_live(plugin, brainscore)]
    dead = [str(place.relative_to(brainscore)) for type_ in PLUGIN_TYPES for place in (brainscore / type_).iterdir()
            if place.is_symlink() and not place.exists() and f'{type_}/{place.name}' not in hidden]
    if hidden:
        writable = all(os.access(brainscore / type_, os.W_OK) for type_ in PLUGIN_TYPES)
        return Finding(BROKEN, f'Brain-Score does not see {len(hidden)} of {len(ours)} plugins: {_some(hidden)}',
                       'brainscore-mouse link' if writable else
                       f"'brainscore-mouse link --view DIR', for {brainscore} cannot be written; DIR is to be put on "
                       'PYTHONPATH')
    passed_over = [f'{type_}/{init.parent.name}' for type_ in PLUGIN_TYPES
                   for init in sorted((root / type_).glob('[!A-Za-z]*/__init__.py'))
                   if not init.parent.name.startswith(('.', '__'))]
    if passed_over:
        return Finding(NOTE, f'{len(passed_over)} folder(s) of plugins are passed over by Brain-Score, which reads no '
                       f'name that begins with _: {_some(passed_over)}', 'begin their names with a letter')
    if dead:
        return Finding(NOTE, f'{len(dead)} link(s) in {brainscore} lead nowhere: {_some(dead)}',
                       "'brainscore-mouse link' removes those of this project; delete others by hand")
    return Finding(FINE, f'{len(ours)} plugins are linked into {brainscore}')


def check_install_dependencies() -> Finding:
    """Whether Brain-Score would install requirements of plugins while it scores."""
    value = os.environ.get('BS_INSTALL_DEPENDENCIES', 'yes')
    remedy = 'export BS_INSTALL_DEPENDENCIES=no'
    if value == 'no':
        return Finding(FINE, 'BS_INSTALL_DEPENDENCIES is no')
    if value == 'yes':
        return Finding(NOTE, 'BS_INSTALL_DEPENDENCIES is yes, which is its default: for every plugin Brain-Score calls '
                       f"the first pip on PATH, here {shutil.which('pip') or 'none'}, without saying so", remedy)
    if value == 'newenv' and shutil.which('conda'):
        return Finding(NOTE, 'BS_INSTALL_DEPENDENCIES is newenv: Brain-Score makes a conda environment a model, in '
                       'which it sees none of these plugins', remedy)
    return Finding(BROKEN, f"BS_INSTALL_DEPENDENCIES is '{value}'" + (
        ', which needs conda' if value == 'newenv' else '; Brain-Score knows yes, no and newenv'), remedy)


def check_bytecode() -> Finding:
    """Whether Python may keep compiled modules."""
    if os.environ.get('PYTHONDONTWRITEBYTECODE'):
        return Finding(NOTE, 'PYTHONDONTWRITEBYTECODE is set: Python compiles PyTorch at every start, which then takes '
                       'four times as long', 'unset PYTHONDONTWRITEBYTECODE')
    return Finding(FINE, 'compiled modules are kept')


def check_writable(name: str, folder: Path, verdict: str, otherwise: str = '') -> Finding:
    """Whether a file can be written into a folder, or where it is to be made, and how much room there is.

    Parameters
    ----------
    name : str
        Of the environment variable that names the folder, or what the folder is for.
    folder : pathlib.Path
    verdict : str
        If it cannot be written.
    otherwise : str
        What to do then other than making it writable; by default to set the variable.
    """
    otherwise = otherwise or f'set {name} to another folder'
    try:
        with tempfile.TemporaryFile(dir=existing_folder(folder)):
            pass
    except OSError as error:
        return Finding(verdict, f'{name}: {folder} cannot be written ({error.strerror})',
                       f'make it writable, or {otherwise}')
    free = free_space(folder)
    room = f'{name}: {folder} can be written, {free / 1e9:,.1f} GB free'
    if free < LITTLE_SPACE:
        return Finding(verdict if free < TOO_LITTLE_SPACE else NOTE, room, f'make room, or {otherwise}')
    return Finding(FINE, room)


def check_cached_results() -> Finding:
    """Whether Brain-Score keeps results under the name of a plugin of ours that has changed since.

    It finds them by name alone: it would take old features for those of new weights, and fails without a word where
    the stimuli have moved. This project's own benchmarks store nothing there.
    """
    home = _home('RESULTCACHING_HOME', '.result_caching')
    changed = {identifier: _last_change(plugin.directory) for plugin in plugins() for identifier in plugin.identifiers}
    stale = sorted(path for path in home.rglob('*identifier=*')
                   if any(path.stat().st_mtime < changed.get(name, 0) for name in _CACHED.findall(path.name)))
    if not stale:
        return Finding(FINE, f'{home} holds no result of a model or stimulus set of ours that has changed since')
    names = [' on '.join(_CACHED.findall(path.name)) for path in stale]
    return Finding(NOTE, f'{len(stale)} cached result(s) of Brain-Score are older than the model or stimulus set that '
                   f'they are named after: {_some(names)}',
                   f'delete them below {home}; BRAINSCORE_CACHE_PLUGIN_REVISION=1 keeps later ones apart')


def check_extra(extra: str) -> Finding:
    """Whether an optional part of this package is installed: one of :data:`EXTRAS`."""
    wrong = _unmet(extra)
    if not wrong:
        return Finding(FINE, f'extra {extra} is installed')
    return Finding(NOTE, f"extra {extra} is not installed, which {EXTRAS[extra]} needs: {'; '.join(wrong.values())}",
                   f"'make install' in the repository, or pip install -c constraints.txt '.[{extra}]'")


def check_allen_environment() -> Finding:
    """Whether AllenSDK has its environment."""
    from brainscore_plugin.recordings.allen_environment import find_python
    try:
        return Finding(FINE, f'AllenSDK has an environment: {find_python()}')
    except FileNotFoundError as error:
        missing, _, remedy = str(error).partition('. ')
        return Finding(NOTE, f'{missing.rstrip(".")}; only fetching and packaging Allen recordings needs it',
                       remedy or 'name another, or unset the variable')


def check_qt() -> Finding:
    """Whether Qt can open a window: its libraries, those of the system, and a display."""
    if _unmet('viewer'):
        return Finding(NOTE, 'Qt is not checked, for the viewer is not installed')
    missing = _missing_qt_libraries()
    packages = sorted({QT_PACKAGES.get(library, f'the package with {library}') for library in missing})
    install = f"sudo apt-get install {' '.join(packages)}, or what they are called on this system"
    if missing:
        return Finding(NOTE, f"Qt lacks libraries of the system: {', '.join(missing)}", install)
    platform = {} if _has_display() else {'QT_QPA_PLATFORM': 'offscreen'}
    failure = _failure_of('from qtpy.QtWidgets import QApplication; QApplication([])', platform)
    if failure:
        return Finding(NOTE, f'Qt cannot start: {failure}', 'see the message; QT_DEBUG_PLUGINS=1 has Qt say more')
    if not _has_display():
        return Finding(NOTE, 'Qt works, but there is no display to open a window on',
                       "log in with one, or use 'ssh -X'; 'xvfb-run' gives a virtual one")
    return Finding(FINE, 'Qt can open a window')


def check_processor() -> Finding:
    """What training computes on."""
    import torch
    if torch.cuda.is_available():
        return Finding(FINE, f'training computes on {torch.cuda.device_count()} x {torch.cuda.get_device_name()}')
    fast = {name for name, has in torch.cpu.get_capabilities().items() if has} & {'avx512_bf16', 'amx_bf16'}
    return Finding(FINE, f"training computes on {os.cpu_count()} CPU cores, {'in bf16' if fast else 'without bf16'}; "
                   'PyTorch sees no GPU')


def _home(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default).expanduser()


def _unmet(extra: str) -> dict[str, str]:
    """Requirement -> what is there instead, for the requirements of an extra, or of the package itself ('')."""
    from packaging.requirements import Requirement
    unmet = {}
    for line in metadata.requires(DISTRIBUTION) or []:
        requirement = Requirement(line)
        needed = not requirement.marker or requirement.marker.evaluate({'extra': extra})
        if not needed or bool(extra) != ('extra' in str(requirement.marker)):
            continue
        wanted = f'{requirement.name}{requirement.specifier}'
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            unmet[wanted] = f'{requirement.name} is missing'
        else:
            if not requirement.specifier.contains(found, prereleases=True):
                unmet[wanted] = f'{requirement.name} is {found}, not {requirement.specifier}'
    return unmet


def _failure_of(program: str, environment: dict[str, str] | None = None) -> str:
    """The last line that a program of Python leaves behind if it fails; empty if it does not."""
    try:
        run = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, timeout=PATIENCE,
                             env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired:
        return f'it does not end within {PATIENCE} s'
    if run.returncode == 0:
        return ''
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip()]
    return lines[-1] if lines else f'it ends with exit status {run.returncode}'


def _missing_qt_libraries() -> list[str]:
    """Libraries of a Linux system that Qt's window plugin is linked with and that are not there."""
    ldd = shutil.which('ldd')
    if sys.platform != 'linux' or ldd is None:
        return []
    plugin = [path for folder in _qt_plugin_folders() for path in [folder / 'libqxcb.so'] if path.is_file()]
    linked = subprocess.run([ldd, *map(str, plugin[:1])], capture_output=True, text=True).stdout if plugin else ''
    return sorted(line.split()[0] for line in linked.splitlines() if line.rstrip().endswith('not found'))


def _qt_plugin_folders() -> list[Path]:
    """Where Qt looks for the plugin of its windows: a folder of the user's, then that of PyQt6 or PySide6."""
    named = os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH')
    folders = [Path(named)] if named else []
    for distribution in ('PyQt6-Qt6', 'PySide6-Essentials'):
        try:
            files = metadata.files(distribution) or []
        except metadata.PackageNotFoundError:
            continue
        folders += [Path(file.locate()).parent for file in files if file.name == 'libqxcb.so']
    return folders


def _has_display() -> bool:
    return sys.platform != 'linux' or bool({'DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM'} & set(os.environ))


def _last_change(folder: Path) -> float:
    return max(path.stat().st_mtime for path in folder.rglob('*') if path.is_file() and '__pycache__' not in path.parts)


def _some(names: list[str]) -> str:
    return ', '.join(names[:3]) + (f' and {len(names) - 3} more' if names[3:] else '')
