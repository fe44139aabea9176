"""Control domains: images without the originals' shapes, or without the differences in their spectra.

A domain whose phases are scrambled keeps the spectrum of each image and none of its shapes; domains equalised to one
spectrum keep the shapes and no longer differ in their spectra. Models trained on them show which of the two counts.
"""
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import scipy.fft
from tqdm import tqdm

from study.naturalness import LUMA
from training.atomic import replacing_folder
from training.disk import naming_full_disk
from training.domains import PreparedDomain, open_domain
from training.domains.integrity import write_checksums

CHUNK = 512  # images transformed at once
CONTRAST = 36.  # standard deviation of an equalised image's luminance, of 255; few pixels are cut off at 0 and 255
KINDS = ('scrambled', 'equalised')


def scramble_phases(images: np.ndarray, seed: int | list[int]) -> np.ndarray:
    """Images with the same spectra and random phases.

    The phases of a random image are added, the same in all three colours, which keeps how colours go together.

    Parameters
    ----------
    images : numpy.ndarray, uint8, shape (n, size, size, 3)
    seed : int or list of int
        Of the phases.

    Returns
    -------
    numpy.ndarray, uint8, shape (n, size, size, 3)
        Intensities beyond 0 and 255 are cut off.
    """
    n, size = images.shape[:2]
    noise = scipy.fft.rfft2(np.random.default_rng(seed).standard_normal((n, size, size)), axes=(1, 2))
    turned = np.exp(1j * np.angle(noise))
    turned[:, 0, 0] = 1  # the mean stays
    spectra = scipy.fft.rfft2(images.astype(np.float32), axes=(1, 2)) * turned[..., None]
    return _intensities(scipy.fft.irfft2(spectra, (size, size), axes=(1, 2)))


def equalise_spectra(images: np.ndarray, exponent: float = 2.) -> np.ndarray:
    """Images whose luminance spectra, averaged over orientations, all fall as 1 / f^exponent with the same contrast.

    Each frequency is amplified by one factor for all its orientations and colours, so that phases, orientations and
    hues stay; mean and contrast are the same for all images.

    Parameters
    ----------
    images : numpy.ndarray, uint8, shape (n, size, size, 3)
    exponent : float
        Of the power.

    Returns
    -------
    numpy.ndarray, uint8, shape (n, size, size, 3)
        Constant images stay constant.
    """
    size = images.shape[1]
    radius = np.rint(np.hypot(scipy.fft.fftfreq(size, 1 / size)[:, None], np.arange(size // 2 + 1))).astype(int)
    spectra = scipy.fft.rfft2(images.astype(np.float32), axes=(1, 2))
    energy = np.abs(spectra @ LUMA) ** 2
    rings = radius.max() + 1
    members = np.eye(rings)[radius].reshape(-1, rings)
    power = energy.reshape(len(images), -1) @ (members / members.sum(axis=0))
    target = np.arange(rings, dtype=float).clip(1) ** -exponent
    power[:, 0] = 0  # the mean is set below
    there = power > 1e-9 * power.max(axis=1, keepdims=True)
    gain = np.sqrt(np.divide(target, power, out=np.zeros_like(power), where=there))
    shaped = scipy.fft.irfft2(spectra * gain[:, radius][..., None], (size, size), axes=(1, 2))
    contrast = (shaped @ LUMA).std(axis=(1, 2))[:, None, None, None]
    return _intensities(127.5 + CONTRAST * np.divide(shaped, contrast, out=np.zeros_like(shaped), where=contrast > 0))


def prepare_control(domain: PreparedDomain, kind: str, seed: int = 0) -> PreparedDomain:
    """Write the control of a prepared domain beside it, named <domain>_<kind>, in the same format.

    Parameters
    ----------
    domain : PreparedDomain
        Its classes and splits are kept.
    kind : {'scrambled', 'equalised'}
    seed : int
        Of the phases.

    Returns
    -------
    PreparedDomain
        One that exists already, of the same images and seed, is left as it is.

    Raises
    ------
    ValueError
        If the kind is unknown.
    FileExistsError
        If there is another domain of that name.
    """
    if kind not in KINDS:
        raise ValueError(f"Unknown control '{kind}': choose one of {', '.join(KINDS)}.")
    directory = domain.directory.with_name(f'{domain.name}_{kind}')
    recipe = {**domain.recipe, 'control': kind, 'of': domain.fingerprint} | ({'seed': seed} if kind == 'scrambled'
                                                                           else {'contrast': CONTRAST})
    if directory.exists():
        found = open_domain(directory)
        if found.recipe != recipe:
            raise FileExistsError(f'{directory} holds a domain that was made from other images or in another way: '
                                  'remove it first.')
        return found
    with replacing_folder(directory) as folder:
        _write_images(domain, kind, seed, folder / 'images.npy')
        shutil.copy(domain.directory / 'index.csv', folder)
        about = _about(domain, kind, recipe, folder)
        write_checksums(folder, about['fingerprint'])
        (folder / 'domain.json').write_text(json.dumps(about, indent=2) + '\n', encoding='utf-8')
    return open_domain(directory)


def _about(domain: PreparedDomain, kind: str, recipe: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What domain.json says of the images and index in a folder."""
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode())
    for file in ('index.csv', 'images.npy'):
        with open(folder / file, 'rb') as opened:
            digest.update(hashlib.file_digest(opened, 'sha256').digest())
    return {**domain.metadata, 'name': f'{domain.name}_{kind}', 'recipe': recipe, 'official': False,
            'key': digest.hexdigest(), 'title': f"{domain.metadata.get('title', domain.name)}, {kind}",
            'fingerprint': digest.hexdigest()}


def _write_images(domain: PreparedDomain, kind: str, seed: int, path: Path) -> None:
    # not through a memory map, with which a full disk ends the process before anything can be said or tidied up
    with naming_full_disk(path.parent.parent, f'{domain.name}_{kind} was not made'), path.open('wb') as file:
        np.lib.format.write_array_header_1_0(file, {'descr': '|u1', 'fortran_order': False,
                                                    'shape': domain.images.shape})
        for start in tqdm(range(0, len(domain), CHUNK), desc=f'{domain.name} {kind}', unit='chunk', disable=None):
            chunk = domain.images[start:start + CHUNK]
            file.write(scramble_phases(chunk, [seed, start]) if kind == 'scrambled' else equalise_spectra(chunk))


def _intensities(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
