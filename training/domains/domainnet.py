"""DomainNet: a zip of class folders for each domain, and lists of its train and test images beside it."""
from pathlib import Path

import pandas as pd

from training.domains.folder_or_zip import Files, open_files
from training.domains.image_endings import IMAGE_SUFFIXES
from training.domains.registry import DOMAINS
from training.domains.source import FileSource

_SPLITS = ('train', 'test')


def open_domainnet(name: str, path: Path) -> FileSource:
    """The images of a domain that are on its lists, which define the cleaned set; others are left out and counted.

    An image on both lists is kept for training alone.

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
        If a list cannot be read, the lists give an image or a class two labels or a label two classes, or none of the
        images is there.
    """
    archive = _archive(name, path)
    lists = _lists(name, [archive, archive.parent, path, path.parent])
    listed, left_out = _read_lists(lists)
    files = open_files(archive)
    places, same = _places(files)
    present = listed['source'].map(_tail).isin(places)
    if not present.any():
        files.close()
        raise ValueError(f'None of the {len(listed)} images listed in {lists[0].name} and {lists[1].name} is in '
                         f'{archive}.')
    index = listed[present]
    names = [places[_tail(source)] for source in index['source']]
    return FileSource(files, names, index, {'layout': 'domainnet', 'test_split': 'the official test list'},
                      archives=[archive, *lists] if archive.is_file() else [],
                      left_out={'not on the lists': len(places) - len(names), **left_out,
                                'images of the same class and file name as another': same, **files.passed_over},
                      missing=list(listed['source'][~present]))


def _places(files: Files) -> tuple[dict[str, str], int]:
    """CLASS/FILE of every image -> its name, and how many further images have the same.

    Archives and lists agree on CLASS/FILE; how deep that is nested differs between unpackings.
    """
    places: dict[str, str] = {}
    images = [name for name in files.names if name.lower().endswith(IMAGE_SUFFIXES)]
    for name in images:
        places.setdefault(_tail(name), name)
    return places, len(images) - len(places)


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


def _read_lists(lists: list[Path]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Source, class_name, label and split of every listed image; how many lines were left out by reason."""
    rows = []
    for path, split in zip(lists, _SPLITS):
        for number, line in enumerate(_text(path).split('\n'), 1):
            source, _, label = line.strip().rpartition(' ')
            if not line.strip():
                continue
            if source.count('/') < 1 or not (label.isascii() and label.isdecimal() and len(label) < 10):
                raise ValueError(f"{path}, line {number}: {line[:80]!r} is not 'FOLDER/CLASS/FILE LABEL'.")
            rows.append((source, source.split('/')[-2], int(label), split, f'{path.name}, line {number}'))
    listed = pd.DataFrame(rows, columns=['source', 'class_name', 'label', 'split', 'line'])
    for one, other in (('source', 'label'), ('class_name', 'label'), ('label', 'class_name')):
        _check_agreement(listed, one, other)
    once = listed.drop_duplicates(['source', 'split'])
    unique = once.drop_duplicates('source')  # the training list comes first
    return unique, {'lines that are on a list twice': len(listed) - len(once),
                    'on the test list, as they are on the training list': len(once) - len(unique)}


def _check_agreement(listed: pd.DataFrame, one: str, other: str) -> None:
    """ValueError where the lists give one thing two others, such as a class two labels."""
    pairs = listed.drop_duplicates([one, other])
    clash = pairs[pairs[one].duplicated(keep=False)]
    if not len(clash):
        return
    first = clash[clash[one] == clash[one].iloc[0]]
    words = {'source': 'image', 'class_name': 'class', 'label': 'label'}
    said = ' and '.join(f'{words[other]} {row[other]} ({row["line"]})' for _, row in first.iloc[:2].iterrows())
    raise ValueError(f'The lists contradict themselves: {words[one]} {first[one].iloc[0]} has {said}; '
                     f'{clash[one].nunique()} such contradictions. Take the official lists, or correct these.')


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding='utf-8-sig')
    except ValueError as error:
        raise ValueError(f'{path} is not a list of images in UTF-8 ({error}).') from error


def _tail(name: str) -> str:
    return '/'.join(name.split('/')[-2:])
