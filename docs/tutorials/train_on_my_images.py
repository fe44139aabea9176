# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Train on my images, and look at the filters
#
# Any folder of images can be trained on. Here are 256 pieces of two photographs that scikit-learn installs; a folder of
# your own takes their place.

# %%
import logging
import os
import tempfile
from pathlib import Path

os.chdir(tempfile.mkdtemp())
os.environ.update(BRAINSCORE_MOUSE_HOME=str(Path('home').absolute()), TQDM_DISABLE='1')
logging.getLogger('pytorch_lightning').setLevel(logging.ERROR)

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

rng = np.random.default_rng(0)
photographs = load_sample_images().images
folder = Path('pieces')
folder.mkdir()
for i in range(256):
    photograph = photographs[i % 2]
    y, x = (rng.integers(0, size - 96) for size in photograph.shape[:2])
    Image.fromarray(photograph[y:y + 96, x:x + 96]).save(folder / f'piece_{i:03d}.png')

# %% [markdown]
# Prepared once, to 64 x 64 pixels, then trained by SimCLR. Four epochs show that it runs; filters need thousands of
# times as many pairs of views (see [Train](../train.md)).

# %%
from training.domains import prepare
from training.recipes import named_recipe
from training.train import train

domain = prepare('pieces', folder)
recipe = named_recipe('normalised').override({'epochs': 4, 'batch_size': 64})
run = train(domain, recipe, Path('run'), seed=0, accelerator='cpu')

# %%
import pandas as pd

history = pd.read_csv(run / 'metrics.csv')
print(history.tail())

# %% [markdown]
# The weights, with their card, and the first layer's filters:

# %%
import matplotlib.pyplot as plt

from training.backbone import read_weights
from training.export import export

weights = read_weights(export(run, Path('.'), name='pieces'))
filters = weights['conv1.weight'].float().numpy()
figure, axes = plt.subplots(4, 8, figsize=(6, 3))
for axis, kernel in zip(axes.flat, filters):
    axis.imshow((kernel.transpose(1, 2, 0) - kernel.min()) / np.ptp(kernel))
    axis.axis('off')

# %% [markdown]
# `brainscore-mouse register pieces pieces.safetensors` makes them a model that is scored by its name.
