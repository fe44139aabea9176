"""Images of known spectra, and domains of them as training prepares them."""
import json

import numpy as np
import pandas as pd

from training.domains import open_domain


def power_law_images(p, n, size=64, seed=0):
    """Noise of random phases whose power falls exactly as 1 / f^p, float (n, size, size)."""
    frequency = np.hypot(np.fft.fftfreq(size, 1 / size)[:, None], np.fft.rfftfreq(size, 1 / size))
    frequency[0, 0] = np.inf
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((n, size, size)))
    return np.fft.irfft2(noise * frequency ** (-p / 2), (size, size))


def coloured_images(p, n, seed=0):
    """The same in three colours of their own, uint8 (n, 64, 64, 3) with few pixels cut off."""
    images = np.stack([power_law_images(p, n, seed=3 * seed + colour) for colour in range(3)], axis=3)
    return np.clip(127 + 30 * images / images.std(axis=(1, 2, 3), keepdims=True), 0, 255).astype(np.uint8)


def prepared(folder, name, images, official=False):
    """A prepared domain in folder/name."""
    directory = folder / name
    directory.mkdir(parents=True)
    np.save(directory / 'images.npy', images)
    pd.DataFrame({'source': [f'{i}.png' for i in range(len(images))], 'class_name': 'all', 'label': 0,
                  'split': 'all'}).to_csv(directory / 'index.csv', index=False)
    about = {'name': name, 'count': len(images), 'recipe': {'size': 64}, 'official': official, 'title': name,
             'fingerprint': f'{name} {len(images)}'}
    (directory / 'domain.json').write_text(json.dumps(about))
    return open_domain(directory)
