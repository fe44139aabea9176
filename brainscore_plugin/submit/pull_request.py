"""Writes this project's plugins as they go into a checkout of brain-score/vision, and the text of the pull request."""
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

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
from .pull_request_text import pull_request_text
from .uploads import Versions, point_at_storage, read_versions, upload_checks

LIBRARY = 'brainscore_vision'
SCORED = ('alexnet64_untrained', 'SimulatedMouse.VISp-pls')


def submit_pull_request(out: Path, s3_versions: Path | None = None) -> None:
    """Write ``out/brainscore_vision/<type>/<plugin>/…`` and ``out/PULL_REQUEST.md`` if every check passes.

    Parameters
    ----------
    out : pathlib.Path
        Folder to make.
    s3_versions : pathlib.Path, optional
        What has been uploaded to Brain-Score's storage, see :func:`.uploads.read_versions`; without it all recordings
        load from the data home.

    Raises
    ------
    FileExistsError
        If `out` exists, or its parent folder does not.
    ValueError, LookupError, OSError
        If the file of versions is invalid, or the plugins are not linked.
    RuntimeError
        If a check failed, see :func:`.checks.verify`. Nothing has been written then, as after any error.
    """
    if out.exists() or not out.parent.is_dir():
        raise FileExistsError(f"--out takes a new folder in an existing one, given '{out}'.")
    versions = read_versions(s3_versions) if s3_versions else {}
    with tempfile.TemporaryDirectory(prefix=f'.{out.name}-', dir=out.parent) as unfinished, \
            tempfile.TemporaryDirectory() as scratch:
        request = Path(unfinished, 'request')
        write_tree(request / LIBRARY, versions)
        lines = verify(_checks(request, versions, Path(scratch)))
        (request / 'PULL_REQUEST.md').write_text(pull_request_text(own_plugins(), versions, lines), encoding='utf-8')
        request.rename(out)


def write_tree(tree: Path, versions: Versions) -> None:
    """Write the plugins without verifying them, with their metadata and region maps; parameters as above."""
    installed = installed_brainscore()
    for plugin in own_plugins():
        if not is_live(plugin, installed):
            raise LookupError(f"Brain-Score does not see {plugin.type}/{plugin.name} yet: run 'brainscore-mouse link'.")
        _describe(plugin, lay_plugin(plugin, tree))
    if versions:
        point_at_storage(tree, versions)


def _describe(plugin: Plugin, folder: Path) -> None:
    identifiers = plugin.identifiers
    if plugin.type == 'benchmarks' and identifiers:
        _write_yaml(folder / METADATA, benchmark_metadata(identifiers))
    elif plugin.type == 'models':
        _write_yaml(folder / METADATA, model_metadata(plugin.directory, identifiers))
        _write_region_maps(folder / 'region_layer_map', identifiers)


def _write_yaml(path: Path, document: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding='utf-8')


def _write_region_maps(folder: Path, identifiers: list[str]) -> None:
    from brainscore_vision import load_model
    folder.mkdir()
    for identifier in identifiers:
        region_layer_map = load_model(identifier).layer_model.region_layer_map
        (folder / f'{identifier}.json').write_text(json.dumps(region_layer_map, indent=1) + '\n', encoding='utf-8')


def _checks(request: Path, versions: Versions, scratch: Path) -> Iterator[Check]:
    tree = request / LIBRARY
    expected = {(plugin.type, plugin.name): _submitted_identifiers(plugin) for plugin in own_plugins()}
    copy = FreshCopy(scratch / 'copy', installed_brainscore())
    yield Check('files', lambda: _only_plugins(request))
    yield from identifier_checks(tree, expected, copy)
    yield from metadata_checks(tree, expected)
    copy.add(tree)
    yield from plugin_test_checks(copy, expected)
    yield endpoint_check(copy, *SCORED)
    yield from upload_checks(versions, copy)


def _submitted_identifiers(plugin: Plugin) -> list[str]:
    """Without those of stimulus sets, which Brain-Score does not look for."""
    code = (plugin.directory / '__init__.py').read_text(encoding='utf-8')
    return re.findall(rf"^{plugin.type.removesuffix('s')}_registry\['([^']+)'\]", code, re.MULTILINE)


def _only_plugins(request: Path) -> str:
    """What Brain-Score makes of the files that change."""
    parser = submission_parser()
    files = [path.relative_to(request).as_posix() for path in sorted(request.rglob('*')) if path.is_file()]
    blanks = [file for file in files if len(file.split()) != 1]
    _, foreign, shared = parser.separate_plugin_files(files)
    if blanks or foreign or shared:
        raise Failed(f'{(blanks + foreign + shared)[0]} is not part of a plugin, or has a blank in its name')
    changes = parser.parse_plugin_changes(' '.join(files), LIBRARY)
    counts = ', '.join(f'{len(names)} {type_}' for type_, names in changes['changed_plugins'].items())
    size = sum((request / file).stat().st_size for file in files)
    merged = 'merged automatically' if changes['is_automergeable'] else 'merged after a review of the metadata'
    return f'{len(files)}, {size / 1e6:.0f} MB, all in plugins: {counts}; {merged}'
