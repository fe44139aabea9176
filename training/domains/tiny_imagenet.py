"""TinyImageNet: train/WNID/images/*.JPEG, a flat val/images with val_annotations.txt, words.txt."""
from pathlib import Path

import pandas as pd

from training.domains.folder_or_zip import Files, open_files
from training.domains.source import FileSource

ARCHIVE = 'tiny-imagenet-200.zip'


def open_tiny_imagenet(path: Path) -> FileSource:
    """Train images and, as split 'test', the labelled validation images; the unlabelled test images are left out.

    Classes are labelled in the order of their WordNet identifiers, as torchvision's ImageFolder does.

    Parameters
    ----------
    path : pathlib.Path
        The archive, a folder that holds it, or the unpacked folder.

    Raises
    ------
    ValueError
        If that is not TinyImageNet's layout.
    """
    archive = path / ARCHIVE if (path / ARCHIVE).is_file() else path
    files = open_files(archive)
    root = _root(files, path)
    words = _table(files, f'{root}words.txt')
    rows = []
    for name in files.names:
        parts = name.removeprefix(root).split('/')
        if len(parts) == 4 and parts[0] == 'train' and parts[2] == 'images' and name.endswith('.JPEG'):
            rows.append((name, parts[1], 'train'))
    validation = _table(files, f'{root}val/val_annotations.txt')
    present = set(files.names)
    missing = []
    for file, wnid in validation.items():
        name = f'{root}val/images/{file}'
        rows.append((name, wnid, 'test')) if name in present else missing.append(name)
    if not any(split == 'train' for *_, split in rows):
        raise ValueError(f'{path} holds no train/WNID/images/*.JPEG: it is not TinyImageNet.')
    names, wnids, splits = zip(*rows)
    labels = {wnid: label for label, wnid in enumerate(sorted(set(wnids)))}
    index = pd.DataFrame({'source': [name.removeprefix(root) for name in names],
                          'class_name': [_class_name(wnid, words) for wnid in wnids],
                          'label': [labels[wnid] for wnid in wnids], 'split': splits})
    unlabelled = sum(name.startswith(f'{root}test/') and name.endswith('.JPEG') for name in files.names)
    return FileSource(files, list(names), index, {'layout': 'tiny_imagenet', 'test_split': 'the labelled val images'},
                      archives=[archive] if archive.is_file() else [], missing=missing,
                      left_out={'test images without labels': unlabelled})


def _root(files: Files, path: Path) -> str:
    for name in files.names:
        folder, found, _ = name.rpartition('val/val_annotations.txt')
        if found and folder in ('', 'tiny-imagenet-200/'):
            return folder
    raise ValueError(f'{path} has no val/val_annotations.txt: give {ARCHIVE}, a folder that holds it, or the unpacked '
                     'folder.')


def _table(files: Files, name: str) -> dict[str, str]:
    """First and second column of a tab-separated file; empty where it is absent."""
    if name not in files.names:
        return {}
    return dict(line.split('\t')[:2] for line in files.text(name).splitlines() if '\t' in line)


def _class_name(wnid: str, words: dict[str, str]) -> str:
    # words alone are ambiguous: two classes are a 'crane'
    return f'{wnid} {words[wnid].split(",")[0]}' if wnid in words else wnid
