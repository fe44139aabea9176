"""Writes this project's plugins as they go into a checkout of brain-score/vision, a tree for each pull request."""
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from brainscore_plugin.link import Plugin, installed_brainscore, is_live

from .benchmark_metadata import benchmark_metadata
from .checks import Check, Failed, verify
from .endpoint import endpoint_check
from .fresh_copy import FreshCopy
from .identifiers import identifier_checks, submission_parser
from .metadata_checks import METADATA, metadata_checks
from .model_metadata import model_metadata
from .own_plugins import lay_plugin, own_plugins
from .plugin_tests import plugin_test_checks
from .pull_request_text import pull_request_text, upload_text
from .storage_files import RECORDING_PARTS, WEIGHTS_PARTS, Files, left_out, storage_files
from .trees import BENCHMARKS, DATA, MAX_FILE_BYTES, MAX_FILES, MODELS, TREES, Tree
from .uploads import point_at_storage, stand_in, upload_checks
from .versions import Versions, loaded_from_storage, read_versions, to_be_uploaded

LIBRARY = 'brainscore_vision'
SCORED = ('alexnet64_untrained', 'SimulatedMouse.VISp-pls')
TEXT, UPLOAD, UPLOAD_TEXT, VERSIONS = 'PULL_REQUEST.md', 'upload', 'UPLOAD.md', 'versions.json'


def submit_pull_request(out: Path, s3_versions: Path | None = None) -> None:
    """Write a folder for each pull request if every check passes, and what must be uploaded.

    That is ``out/<tree>/brainscore_vision/<type>/<plugin>/…`` and ``out/<tree>/PULL_REQUEST.md`` for each of
    :data:`.trees.TREES`, ``out/UPLOAD.md`` with the files to upload, ``out/versions.json`` to be completed after that,
    and ``out/upload`` with files that had to be made.

    Parameters
    ----------
    out : pathlib.Path
        Folder to make.
    s3_versions : pathlib.Path, optional
        What has been uploaded to Brain-Score's storage, see :func:`.versions.read_versions`. Without it, recordings
        load from the data home; what is in no tree loads from the storage all the same, whatever its version.

    Raises
    ------
    FileExistsError
        If `out` exists.
    ValueError, LookupError, OSError
        If its parent folder does not exist, the file of versions is invalid, or the plugins are not linked.
    RuntimeError
        If a check failed, see :func:`.checks.verify`. Nothing has been written then, as after any error.
    """
    if out.exists() or not out.parent.is_dir():
        raise FileExistsError(f"--out takes a new folder in an existing one, given '{out}'.")
    versions = read_versions(s3_versions) if s3_versions else {}
    with tempfile.TemporaryDirectory(prefix=f'.{out.name}-', dir=out.parent) as unfinished, \
            tempfile.TemporaryDirectory() as scratch:
        request = Path(unfinished, 'request')
        request.mkdir()
        files = storage_files(own_plugins(), request / UPLOAD)
        stored = loaded_from_storage(files, versions)
        console = Console()
        for tree in TREES:
            with console.status(f'{tree.name}: plugins, metadata, region maps …'):
                write_tree(tree, request / tree.name / LIBRARY, stored)
        for tree, lines in _verified(request, files, stored, Path(scratch)).items():
            text = pull_request_text(tree, tree.of(own_plugins()), files, stored, lines)
            (request / tree.name / TEXT).write_text(text, encoding='utf-8')
        _write_uploads(request, files, versions, out)
        request.rename(out)


def write_tree(tree: Tree, folder: Path, stored: Versions) -> None:
    """Write the plugins of a tree without verifying them, with their metadata and region maps.

    Parameters
    ----------
    tree : Tree
    folder : pathlib.Path
        ``brainscore_vision``, made if absent.
    stored : dict
        What they load from the storage, see :func:`.versions.loaded_from_storage`.
    """
    installed = installed_brainscore()
    for plugin in tree.of(own_plugins()):
        if not is_live(plugin, installed):
            raise LookupError(f"Brain-Score does not see {plugin.type}/{plugin.name} yet: run 'brainscore-mouse link'.")
        _describe(plugin, lay_plugin(plugin, folder, left_out(plugin)))
    point_at_storage(folder, stored)


def _describe(plugin: Plugin, folder: Path) -> None:
    identifiers = plugin.identifiers
    if plugin.type == 'benchmarks' and identifiers:
        _write_yaml(folder / METADATA, benchmark_metadata(identifiers))
    elif plugin.type == 'models':
        if not (folder / METADATA).is_file():
            _write_yaml(folder / METADATA, model_metadata(plugin.directory, identifiers))
        _write_region_maps(folder / 'region_layer_map', identifiers)


def _write_yaml(path: Path, document: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding='utf-8')


def _write_region_maps(folder: Path, identifiers: list[str]) -> None:
    from brainscore_vision import load_model
    folder.mkdir(exist_ok=True)
    for identifier in identifiers:
        region_layer_map = load_model(identifier).layer_model.region_layer_map
        (folder / f'{identifier}.json').write_text(json.dumps(region_layer_map, indent=1) + '\n', encoding='utf-8')


def _write_uploads(request: Path, files: Files, versions: Versions, out: Path) -> None:
    """What is still to be uploaded: for people, and as the file of versions that is to be completed."""
    pending = {identifier: parts for identifier, parts in files.items() if identifier not in versions}
    complete = {**versions, **to_be_uploaded(pending)}
    (request / VERSIONS).write_text(json.dumps(complete, indent=1) + '\n', encoding='utf-8')
    text = upload_text(pending, request / UPLOAD, out)
    (request / UPLOAD_TEXT).write_text(text, encoding='utf-8')


def _verified(request: Path, files: Files, stored: Versions, scratch: Path) -> dict[Tree, list[str]]:
    """Tree -> the lines of its checks; errors as of :func:`.checks.verify`."""
    owners = []

    def checks() -> Iterator[Check]:
        copy = FreshCopy(scratch / 'copy', installed_brainscore())
        stand_in(copy, files, stored)
        for tree in TREES:  # each in a copy that has only those before it
            for check in _checks(tree, request, files, stored, copy):
                owners.append(tree)
                yield check
    lines = verify(checks())
    return {tree: [line for owner, line in zip(owners, lines) if owner is tree] for tree in TREES}


def _checks(tree: Tree, request: Path, files: Files, stored: Versions, copy: FreshCopy) -> Iterator[Check]:
    folder = request / tree.name / LIBRARY
    expected = {(plugin.type, plugin.name): _submitted_identifiers(plugin) for plugin in tree.of(own_plugins())}
    yield Check(f'files of {tree.name}', lambda: _only_plugins(request / tree.name))
    yield from identifier_checks(folder, expected, copy)
    yield from metadata_checks(folder, expected)
    copy.add(folder)
    yield from plugin_test_checks(copy, expected)
    if tree is DATA:
        yield from upload_checks(files, stored, copy, RECORDING_PARTS)
    elif tree is MODELS:
        yield from upload_checks(files, stored, copy, WEIGHTS_PARTS)
    elif tree is BENCHMARKS:
        yield endpoint_check(copy, *SCORED)


def _submitted_identifiers(plugin: Plugin) -> list[str]:
    """Without those of stimulus sets, which Brain-Score does not look for."""
    code = (plugin.directory / '__init__.py').read_text(encoding='utf-8')
    return re.findall(rf"^{plugin.type.removesuffix('s')}_registry\['([^']+)'\]", code, re.MULTILINE)


def _only_plugins(request: Path) -> str:
    """What Brain-Score makes of the files that change, and that they are neither too many nor too large."""
    parser = submission_parser()
    paths = [path for path in sorted(request.rglob('*')) if path.is_file()]
    files = [path.relative_to(request).as_posix() for path in paths]
    blanks = [file for file in files if len(file.split()) != 1]
    _, foreign, shared = parser.separate_plugin_files(files)
    if blanks or foreign or shared:
        raise Failed(f'{(blanks + foreign + shared)[0]} is not part of a plugin, or has a blank in its name')
    if len(files) > MAX_FILES:
        raise Failed(f'{len(files)} files, at most {MAX_FILES}: of more, Brain-Score does not read all')
    large = [(path.stat().st_size, file) for path, file in zip(paths, files) if path.stat().st_size > MAX_FILE_BYTES]
    if large:
        size, file = max(large)
        raise Failed(f'{file} has {size / 1e6:.1f} MB, at most {MAX_FILE_BYTES / 1e6:.0f}: Brain-Score keeps what is '
                     "larger in its storage. A model's weights go there if its weights.py says where they are, as in "
                     'models/alexnet64')
    changes = parser.parse_plugin_changes(' '.join(files), LIBRARY)
    counts = ', '.join(f'{len(names)} {type_}' for type_, names in changes['changed_plugins'].items() if names)
    size = sum(path.stat().st_size for path in paths)
    merged = 'merged automatically' if changes['is_automergeable'] else 'merged after a review of the metadata'
    return f'{len(files)}, {size / 1e6:.1f} MB, all in plugins: {counts}; {merged}'
