# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Score my model on a real mouse
#
# Any network is scored by its name: of torchvision (`torchvision:resnet18`), of timm (`timm:vit_tiny_patch16_224`), or
# of a function in a Python file. Here is such a file; with random weights, for nothing is trained in this notebook.

# %%
import os
import tempfile
from pathlib import Path

os.environ.update(BS_INSTALL_DEPENDENCIES='no', TQDM_DISABLE='1')
os.chdir(tempfile.mkdtemp())
Path('mine.py').write_text('''
from torch import nn


def build_model():
    network = nn.Sequential(nn.Conv2d(3, 32, 9, stride=2), nn.ReLU(), nn.Conv2d(32, 64, 5, stride=2), nn.ReLU(),
                            nn.Conv2d(64, 64, 3, stride=2), nn.ReLU())
    network.image_size = 64
    return network
''');

# %% [markdown]
# What of it can be recorded, and which layers are scored unless others are named:

# %%
from brainscore_plugin.any_network import load_model

model = load_model('mine.py:build_model')
print('all layers:', model.layers)
print('scored, the committed one first:', model.layer_model.region_layer_map['VISp'])

# %% [markdown]
# The recording is part of this project: 260 neurons of mouse VISp, 50 images (Antolík et al. 2016).

# %%
from brainscore_vision import load_benchmark

benchmark = load_benchmark('Antolik2016.VISp-pls')
score = benchmark(model)
chance = benchmark(load_model('random_features'))
for name, found in (('my model', score), ('chance', chance)):
    print(f"{name}: {float(found):.3f} ± {found.attrs['error']:.3f}")
print(f"reliability of the neurons: {float(benchmark.ceiling):.3f}")
print(f"differences below {score.attrs['resolvable_difference']:.2f} cannot be told on so few images")

# %%
import matplotlib.pyplot as plt

layers = score.attrs['layer_scores']
names = [name for name in model.layers if name in layers['layer'].values]
values = [float(layers.sel(layer=name)) for name in names]
plt.figure(figsize=(5, 3))
plt.errorbar(names, values, [layers.attrs['error'][name] for name in names], marker='o', capsize=3)
plt.axhline(float(chance), color='grey', linestyle=':')
plt.annotate('chance', (len(names) - 1, float(chance)), va='bottom', ha='right', color='grey')
plt.xlabel('layer')
plt.ylabel('predictivity, noise-corrected');

# %% [markdown]
# Several models, layer by layer, and a page to look at:
#
# ```sh
# brainscore-mouse score --models mine.py:build_model,torchvision:alexnet@none@64px --benchmarks Antolik2016.VISp-pls
# brainscore-mouse leaderboard sweep --out page.html
# ```
