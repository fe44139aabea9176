"""Any folder, or zip, of images: one folder a class, or flat."""
from pathlib import Path

import pandas as pd

from training.domains.folder_or_zip import open_files
from training.domains.image_endings import IMAGE_SUFFIXES, images_among
from training.domains.source import FileSource


def open_folder(path: Path) -> FileSource:
    """All images below `path`; the first folder of an image's path is its class, '' where there is none.

    What is not an image is left out, and counted by its ending.

    Raises
    ------
    ValueError
        If there is no image.
    """
    files = open_files(path)
    names, others = images_among(files)
    if not names:
        files.close()
        found = '; '.join(f'{number:,} {reason}' for reason, number in others.items()) or 'nothing'
        raise ValueError(f'{path} holds no images ({", ".join(IMAGE_SUFFIXES)}). Found: {found}.')
    classes = [name.split('/')[0] if '/' in name else '' for name in names]
    labels = {name: label for label, name in enumerate(sorted(set(classes)))}
    index = pd.DataFrame({'source': names, 'class_name': classes, 'label': [labels[name] for name in classes],
                          'split': 'all'})
    return FileSource(files, names, index, {'layout': 'folder', 'classes': 'first folder of the path'},
                      archives=[path] if path.is_file() else [], left_out=others)

