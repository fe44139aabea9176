"""Whether metadata files are what Brain-Score's schemas, and its database, take."""
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .checks import Check, Failed
from .identifiers import Expected

METADATA = 'metadata.yaml'


def metadata_checks(tree: Path, expected: Expected) -> Iterator[Check]:
    """A check for each metadata file of a tree; parameters as of :func:`.identifiers.identifier_checks`."""
    for path in sorted(tree.rglob(METADATA)):
        yield Check(f'metadata of {path.parent.parent.name}/{path.parent.name}',
                    functools.partial(_valid_metadata, path, expected))


def _valid_metadata(path: Path, expected: Expected) -> str:
    from brainscore_core.metadata import load
    from brainscore_core.plugin_management.handle_metadata import validate_metadata_file
    type_, plugin = path.parts[-3:-1]
    errors, document = validate_metadata_file(str(path))
    if errors:
        raise Failed('; '.join(errors))
    if type_ == 'models':
        load(path.read_text(encoding='utf-8'), domain='vision')
    else:
        check_lengths(document)
    if list(document[type_]) != expected[type_, plugin]:
        raise Failed(f'it describes {list(document[type_])}, expected {expected[type_, plugin]}')
    return f'valid, {len(document[type_])} entries'


def check_lengths(document: dict[str, Any]) -> None:
    """Raise Failed for a text too long for the database, whose lengths the validator does not know."""
    from brainscore_core.submission import database_models
    tables = {'stimulus_set': database_models.BenchmarkStimuliMeta, 'data': database_models.BenchmarkDataMeta,
              'metric': database_models.BenchmarkMetricMeta}
    for identifier, entry in document['benchmarks'].items():
        for part, facts in entry.items():
            for name, value in facts.items():
                longest = getattr(tables[part]._meta.fields[name], 'max_length', None)
                if longest is not None and value is not None and len(value) > longest:
                    raise Failed(f'{part}/{name} of {identifier} has {len(value)} characters, at most {longest}')
