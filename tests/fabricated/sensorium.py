"""Folders of Sensorium 2022 mice in the published layout, small."""
import zipfile
from pathlib import Path

import numpy as np

SUFFIX = 'GrayImageNet-94c6ff995dac583098847cfecd43e7b6'
IMAGE_SHAPE = (144, 256)  # pixels, height and width


def make_mouse(directory: Path, key: str, images: np.ndarray, image_ids: np.ndarray, tiers: np.ndarray,
               responses: np.ndarray, zipped: bool = False) -> Path:
    """Write one mouse; returns its folder, or its zip.

    Parameters
    ----------
    directory : pathlib.Path
        Of all mice; made if absent.
    key : str
        Such as '21067-10-18': animal, session, scan.
    images : numpy.ndarray, shape (n_images, 144, 256)
        Intensities from 0 to 255.
    image_ids : numpy.ndarray, int, shape (n_trials,)
        Rows of `images` that were shown; the published ids are these + 1000.
    tiers : numpy.ndarray of str, shape (n_trials,)
        train, validation, test or final_test.
    responses : numpy.ndarray, shape (n_trials, n_neurons)
    zipped : bool
        Whether to write a zip, as it is downloaded.
    """
    folder = Path(directory) / f'static{key}-{SUFFIX}'
    n_trials, n_neurons = responses.shape
    rng = np.random.default_rng(0)
    behaviour = {'behavior': rng.random((n_trials, 3)), 'pupil_center': rng.random((n_trials, 2))}
    for name in ('images', 'responses', *behaviour):
        (folder / 'data' / name).mkdir(parents=True)
    for t in range(n_trials):
        np.save(folder / 'data' / 'images' / f'{t}.npy', images[image_ids[t]][None].astype(np.float32))
        np.save(folder / 'data' / 'responses' / f'{t}.npy', responses[t].astype(np.float32))
        for name, values in behaviour.items():
            np.save(folder / 'data' / name / f'{t}.npy', values[t])
    animal, session, scan = (int(part) for part in key.split('-'))
    _save(folder / 'meta' / 'neurons', {
        'unit_ids': np.arange(1, n_neurons + 1), 'area': np.full(n_neurons, 'V1'),
        'layer': np.full(n_neurons, 'L2/3'), 'animal_ids': np.full(n_neurons, animal),
        'sessions': np.full(n_neurons, session), 'scan_idx': np.full(n_neurons, scan),
        'cell_motor_coordinates': rng.integers(0, 700, (n_neurons, 3))})
    _save(folder / 'meta' / 'trials', {
        'tiers': np.asarray(tiers).astype('<U10'), 'frame_image_id': np.asarray(image_ids) + 1000,
        'frame_image_class': np.full(n_trials, 'imagenet'), 'trial_idx': np.arange(n_trials)})
    train = np.asarray(tiers) == 'train'
    _save(folder / 'meta' / 'statistics' / 'responses' / 'all', {
        'mean': responses[train].mean(axis=0), 'std': responses[train].std(axis=0)})
    return _zip(folder) if zipped else folder


def tiers_and_images(n_train: int, n_validation: int, n_test: int, n_trials: int, seed: int = 0) -> tuple:
    """Tiers and rows of images of all trials, shuffled; the first rows are the test images, the others follow."""
    images = np.concatenate([np.repeat(np.arange(n_test), n_trials), np.arange(n_train + n_validation) + n_test])
    tiers = np.repeat(['test', 'train', 'validation'], [n_test * n_trials, n_train, n_validation])
    order = np.random.default_rng(seed).permutation(len(images))
    return tiers[order], images[order]


def _save(folder: Path, arrays: dict) -> None:
    folder.mkdir(parents=True)
    for name, values in arrays.items():
        np.save(folder / f'{name}.npy', values)


def _zip(folder: Path) -> Path:
    import shutil
    archive = folder.with_name(f'{folder.name}.zip')
    with zipfile.ZipFile(archive, 'w') as file:
        for path in sorted(folder.rglob('*.npy')):
            file.write(path, path.relative_to(folder))
    shutil.rmtree(folder)
    return archive
