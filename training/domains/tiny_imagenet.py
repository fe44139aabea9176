"""TinyImageNet: train/WNID/images/*.JPEG, val/images/*.JPEG with val_annotations.txt, words.txt."""
from pathlib import Path

import pandas as pd

from training.domains.folder_or_zip import Files, open_files
from training.domains.source import FileSource

ARCHIVE = 'tiny-imagenet-200.zip'


def open_tiny_imagenet(path: Path) -> FileSource:
    """Train images and, as split 'test', the labelled validation images; the unlabelled test images are left out.

    Classes are labelled in the order of their WordNet identifiers, as torchvision's ImageFolder does. The validation
    images may also lie in a folder a class, val/WNID or val/WNID/images, into which many tutorials sort them.

    Parameters
    ----------
    path : pathlib.Path
        The archive, a folder that holds it, or the unpacked folder.

    Raises
    ------
    ValueError
        If that is not TinyImageNet's layout, none of the labelled validation images is there, or one of them is in the
        folder of another class than its annotation has.
    """
    archive = path / ARCHIVE if (path / ARCHIVE).is_file() else path
    files = open_files(archive)
    root = _root(files, path)
    words = _table(files, f'{root}words.txt')
    training = [(name, parts[1], 'train') for name, parts in _images(files, root)
                if len(parts) == 4 and parts[0] == 'train' and parts[2] == 'images']
    if not training:
        raise ValueError(f'{path} holds no train/WNID/images/*.JPEG: it is not TinyImageNet.')
    validation, missing = _validation(files, root, {wnid for _, wnid, _ in training})
    if not validation:
        raise ValueError(f'{path} holds none of the labelled validation images, neither in val/images nor in val/WNID: '
                         f'unpack {ARCHIVE} again.')
    names, wnids, splits = zip(*training, *validation)
    labels = {wnid: label for label, wnid in enumerate(sorted(set(wnids)))}
    index = pd.DataFrame({'source': [name.removeprefix(root) for name in names],
                          'class_name': [_class_name(wnid, words) for wnid in wnids],
                          'label': [labels[wnid] for wnid in wnids], 'split': splits})
    return FileSource(files, list(names), index, {'layout': 'tiny_imagenet', 'test_split': 'the labelled val images'},
                      archives=[archive] if archive.is_file() else [], missing=missing,
                      left_out=_left_out(files, root, set(names)))


def _images(files: Files, root: str) -> list[tuple[str, list[str]]]:
    """Every image's name and its parts below the root."""
    return [(name, name.removeprefix(root).split('/')) for name in files.names
            if name.startswith(root) and name.endswith('.JPEG')]


def _validation(files: Files, root: str, wnids: set[str]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Name, class and split of the labelled validation images, in the order of their annotations; names of absent ones.

    Without annotations, or beside them, those in the folder of a class are taken in the order of their names.
    """
    annotated = _table(files, f'{root}val/val_annotations.txt')
    flat, sorted_ = set(), {}
    for name, parts in _images(files, root):
        if parts[:2] == ['val', 'images'] and len(parts) == 3:
            flat.add(name)
        elif parts[0] == 'val' and parts[1] in wnids and (len(parts) == 3 or parts[2:-1] == ['images']):
            sorted_[parts[-1]] = (name, parts[1])
    rows, missing = [], []
    for file, wnid in annotated.items():
        name, folder = (f'{root}val/images/{file}', wnid) if f'{root}val/images/{file}' in flat else sorted_.pop(
            file, ('', wnid))
        if folder != wnid:
            raise ValueError(f'{name} in {files.place} is annotated as {wnid} in val/val_annotations.txt: unpack '
                             f'{ARCHIVE} again.')
        rows.append((name, wnid, 'test')) if name else missing.append(f'{root}val/images/{file}')
    return rows + [(name, wnid, 'test') for name, wnid in sorted(sorted_.values())], missing


def _left_out(files: Files, root: str, taken: set[str]) -> dict[str, int]:
    others = [parts for name, parts in _images(files, root) if name not in taken]
    unlabelled = sum(parts[0] == 'test' for parts in others)
    return {'test images without labels': unlabelled, 'images of no known class': len(others) - unlabelled,
            **files.passed_over}


def _root(files: Files, path: Path) -> str:
    for name in files.names:
        for mark in ('val/val_annotations.txt', 'wnids.txt'):
            folder, found, rest = name.rpartition(mark)
            if found and not rest and folder in ('', 'tiny-imagenet-200/'):
                return folder
    raise ValueError(f'{path} has no val/val_annotations.txt and no wnids.txt: give {ARCHIVE}, a folder that holds it, '
                     'or the unpacked folder.')


def _table(files: Files, name: str) -> dict[str, str]:
    """First and second column of a tab-separated file; empty where it is absent.

    Raises
    ------
    ValueError
        If it says two things of one.
    """
    if name not in files.names:
        return {}
    table: dict[str, str] = {}
    for line in files.text(name).splitlines():
        key, tab, rest = line.partition('\t')
        value = rest.partition('\t')[0]
        if tab and table.setdefault(key, value) != value:
            raise ValueError(f'{name} in {files.place} gives {key} both {table[key]} and {value}: unpack {ARCHIVE} '
                             'again.')
    return table


def _class_name(wnid: str, words: dict[str, str]) -> str:
    # words alone are ambiguous: two classes are a 'crane'
    return f'{wnid} {words[wnid].split(",")[0]}' if wnid in words else wnid
