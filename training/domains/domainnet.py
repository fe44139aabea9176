"""DomainNet: a zip of class folders for each domain, and lists of its train and test images beside it."""
from pathlib import Path

import pandas as pd

from training.domains.folder import printable
from training.domains.folder_or_zip import open_files
from training.domains.registry import DOMAINS
from training.domains.source import IMAGE_SUFFIXES, FileSource

_SPLITS = ('train', 'test')


def open_domainnet(name: str, path: Path) -> FileSource:
    """The images of a domain that are on its lists, which define the cleaned set; others are left out and counted.

    Parameters
    ----------
    name : str
        Of the domain, such as 'sketch'.
    path : pathlib.Path
        NAME.zip, a folder that holds it, or the unpacked folder; NAME_train.txt and NAME_test.txt are beside the zip or
        the unpacked folder, or within the latter.

    Raises
    ------
    FileNotFoundError
        If there is no such archive or folder, or its lists are not there.
    ValueError
        If a list cannot be read, or none of its images is there.
    """
    archive = _archive(name, path)
    lists = _lists(name, [archive, archive.parent, path, path.parent])
    listed = _read_lists(lists)
    files = open_files(archive)
    # Archives and lists agree on CLASS/FILE; how deep that is nested differs between unpackings.
    places = {_tail(file): file for file in files.names if file.lower().endswith(IMAGE_SUFFIXES)}
    present = listed['source'].map(_tail).isin(places)
    if not present.any():
        raise ValueError(f'None of the {len(listed)} images listed in {lists[0].name} and {lists[1].name} is in '
                         f'{archive}.')
    index = listed[present].assign(class_name=lambda rows: rows['source'].map(lambda source: source.split('/')[-2]))
    names = [places[_tail(source)] for source in index['source']]
    return FileSource(files, names, index, {'layout': 'domainnet', 'test_split': 'the official test list'},
                      archives=[archive, *lists] if archive.is_file() else [],
                      left_out={'not on the lists': len(places) - len(names)},
                      missing=[printable(source) for source in listed['source'][~present]])


def _archive(name: str, path: Path) -> Path:
    if not path.exists():
        raise FileNotFoundError(f'There is nothing at {path}.')
    for candidate in (path / f'{name}.zip', path / name):
        if candidate.exists():
            return candidate
    return path


def _lists(name: str, folders: list[Path]) -> list[Path]:
    for folder in folders:
        lists = [folder / f'{name}_{split}.txt' for split in _SPLITS]
        if all(path.is_file() for path in lists):
            return lists
    addresses = ' and '.join(file.url for file in DOMAINS[name].files if file.name.endswith('.txt'))
    raise FileNotFoundError(f'The lists of images of {name} belong beside {folders[0]}; they are at {addresses}.')


def _read_lists(lists: list[Path]) -> pd.DataFrame:
    rows = []
    for path, split in zip(lists, _SPLITS):
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            source, _, label = line.strip().rpartition(' ')
            if not line.strip():
                continue
            if source.count('/') < 1 or not label.isdecimal():
                raise ValueError(f"{path}, line {number}: {line[:80]!r} is not 'FOLDER/CLASS/FILE LABEL'.")
            rows.append((source, int(label), split))
    listed = pd.DataFrame(rows, columns=['source', 'label', 'split'])
    return listed.drop_duplicates('source')


def _tail(name: str) -> str:
    return '/'.join(name.split('/')[-2:])
