"""Any folder, or zip, of images: one folder a class, or flat."""
from pathlib import Path

import pandas as pd

from training.domains.folder_or_zip import open_files
from training.domains.source import IMAGE_SUFFIXES, FileSource


def open_folder(path: Path) -> FileSource:
    """All images below `path`; the first folder of an image's path is its class, '' where there is none.

    Raises
    ------
    ValueError
        If there is no image.
    """
    files = open_files(path)
    names = [name for name in files.names if name.lower().endswith(IMAGE_SUFFIXES)]
    if not names:
        raise ValueError(f'{path} holds no images ({", ".join(IMAGE_SUFFIXES)}).')
    classes = [name.split('/')[0] if '/' in name else '' for name in names]
    labels = {name: label for label, name in enumerate(sorted(set(classes)))}
    index = pd.DataFrame({'source': [printable(name) for name in names],
                          'class_name': [printable(name) for name in classes],
                          'label': [labels[name] for name in classes], 'split': 'all'})
    return FileSource(files, names, index, {'layout': 'folder', 'classes': 'first folder of the path'},
                      archives=[path] if path.is_file() else [])


def printable(name: str) -> str:
    """A file name that is not valid text, with its odd bytes spelled out."""
    return name.encode('utf-8', 'backslashreplace').decode('utf-8')
