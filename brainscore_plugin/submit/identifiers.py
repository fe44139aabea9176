"""Whether Brain-Score finds exactly the identifiers that are meant, and none of them is taken."""
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from brainscore_plugin.link import Plugin

from .checks import Check, Failed
from .fresh_copy import FreshCopy

Expected = dict[tuple[str, str], list[str]]  # (type, plugin) -> identifiers, in their order


def identifier_checks(tree: Path, expected: Expected, copy: FreshCopy) -> Iterator[Check]:
    """What Brain-Score reads out of the registrations.

    Parameters
    ----------
    tree : pathlib.Path
        Folder of ``<type>/<plugin>/``.
    expected : dict
        (type, plugin) -> identifiers, in their order.
    copy : FreshCopy
        A Brain-Score without these plugins.
    """
    yield Check('identifiers as the submission finds them', lambda: _found_by_submission(tree, expected))
    if any(type_ in ('models', 'benchmarks') for type_, _ in expected):  # only they have metadata
        yield Check('identifiers as the metadata finds them', lambda: _found_by_metadata(tree, expected))
    yield Check('identifiers are free', lambda: _free(expected, copy))


def submission_parser() -> ModuleType:
    """Brain-Score's reader of submissions, which imports what its tests need."""
    try:
        from brainscore_core.plugin_management import parse_plugin_changes
    except ImportError as error:
        raise Failed(f"cannot run here, {error}: 'pip install \"brainscore-vision[test]\"'") from error
    return parse_plugin_changes


def _found_by_submission(tree: Path, expected: Expected) -> str:
    get_plugin_ids = submission_parser().get_plugin_ids
    return _compare(expected, lambda type_, plugin: get_plugin_ids(type_, [plugin], str(tree)))


def _found_by_metadata(tree: Path, expected: Expected) -> str:
    from brainscore_vision.plugin_management import VisionDomainPlugin
    found_by = {'models': VisionDomainPlugin().find_registered_models,
                'benchmarks': VisionDomainPlugin().find_registered_benchmarks}
    asked = {place: identifiers for place, identifiers in expected.items() if place[0] in found_by}
    return _compare(asked, lambda type_, plugin: found_by[type_](str(tree / type_ / plugin)))


def _compare(expected: Expected, find: Callable[[str, str], list[str]]) -> str:
    for place, identifiers in expected.items():
        found = find(*place)
        if found != identifiers:
            raise Failed(f"{'/'.join(place)} registers {identifiers}, Brain-Score reads {found}: write each "
                         "registration on a line of its own, with one pair of brackets, as = lambda: …")
    found = [identifier for identifiers in expected.values() for identifier in identifiers]
    return found[0] if len(found) == 1 else f'{len(found)} in {len(expected)} plugins'


def _free(expected: Expected, copy: FreshCopy) -> str:
    for type_, name in expected:
        if name in copy.stock[type_]:
            raise Failed(f'Brain-Score has a plugin {type_}/{name} already: choose another name')
    taken = {identifier.casefold() for type_, names in copy.stock.items() for name in names
             for identifier in Plugin(type_, copy.brainscore / type_ / name).identifiers}
    for identifiers in expected.values():
        for identifier in identifiers:
            if identifier.casefold() in taken:
                raise Failed(f"Brain-Score has '{identifier}' already: choose another name")
    return f'not among the {sum(map(len, copy.stock.values()))} plugins of the installed Brain-Score'
