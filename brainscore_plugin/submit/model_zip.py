"""Packs one model as the zip that Brain-Score's website takes."""
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from brainscore_plugin.link import installed_brainscore
from training.atomic import replacing

from .checks import Check, Failed, verify
from .endpoint import endpoint_check
from .fresh_copy import FreshCopy
from .identifiers import identifier_checks
from .model_plugin import EMBED, check_address, packable_plugin, sha256, weights_file, write_plugin
from .own_plugins import lay_plugin, own_plugins
from .plugin_tests import plugin_test_checks
from .website import website_checks

BENCHMARK = 'SimulatedMouse.VISp-pls'  # needs no recordings
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in the zip: the same model gives the same bytes


def submit_model(identifier: str, out: Path, weights: str = EMBED) -> None:
    """Pack a model, verify the zip, and write it if every check passes.

    Parameters
    ----------
    identifier : str
        An ``alexnet64_simclr_…``, ``alexnet64_untrained``, or a model that was registered.
    out : pathlib.Path
        The zip to write; its folder exists.
    weights : str
        'embed' to put the weights into the zip, or the http(s) address where they can be fetched.

    Raises
    ------
    LookupError
        If there is no such model.
    ValueError
        If it cannot be packed, or an argument is invalid.
    FileNotFoundError
        If the weights are missing.
    RuntimeError
        If a check failed, see :func:`.checks.verify`. Nothing has been written then, as after any error.
    """
    packable_plugin(identifier)
    if out.suffix != '.zip' or not out.parent.is_dir():
        raise ValueError(f"--out takes a .zip file in an existing folder, given '{out}'.")
    check_address(identifier, weights)
    with tempfile.TemporaryDirectory() as scratch, replacing(out) as archive:
        write_model_zip(identifier, archive, weights)
        verify(_checks(identifier, archive, Path(scratch), weights))


def write_model_zip(identifier: str, archive: Path, weights: str = EMBED) -> None:
    """Pack a model without verifying it; parameters and errors as of :func:`submit_model`."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, identifier)
        write_plugin(root / 'models' / identifier, identifier, weights)
        with zipfile.ZipFile(archive, 'w') as zipped:
            for path in (root, *sorted(root.rglob('*'))):
                name = path.relative_to(scratch).as_posix()
                entry = zipfile.ZipInfo(f'{name}/' if path.is_dir() else name, _DATE)
                entry.external_attr = (0o40755 << 16 | 0x10) if path.is_dir() else 0o644 << 16
                zipped.writestr(entry, b'' if path.is_dir() else path.read_bytes(), zipfile.ZIP_DEFLATED)


def _checks(identifier: str, archive: Path, scratch: Path, weights: str) -> Iterator[Check]:
    yield from website_checks(archive)
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(scratch / 'unpacked')
    tree, expected = scratch / 'unpacked' / identifier, {('models', identifier): [identifier]}
    copy = FreshCopy(scratch / 'copy', installed_brainscore())
    yield from identifier_checks(tree, expected, copy)
    source = weights_file(identifier)
    if source is not None and weights != EMBED:
        yield Check('weights at their address',
                    lambda: _fetch_and_compare(weights, source, scratch / 'weights'))
    copy.add(tree)
    for plugin in own_plugins():
        if plugin.type != 'models':  # what to score it on
            lay_plugin(plugin, copy.brainscore)
    yield from plugin_test_checks(copy, expected)
    yield endpoint_check(copy, identifier, BENCHMARK)


def _fetch_and_compare(address: str, weights: Path, path: Path) -> str:
    from torch.hub import download_url_to_file
    try:
        download_url_to_file(address, str(path), progress=False)
    except OSError as error:
        raise Failed(f'{address} cannot be fetched ({error}): upload {weights} there') from error
    found, expected = sha256(path), sha256(weights)
    if found != expected:
        raise Failed(f'the file at {address} has the SHA-256 {found[:16]}…, expected {expected[:16]}…: upload '
                     f'{weights} there')
    return f'SHA-256 {expected}'
