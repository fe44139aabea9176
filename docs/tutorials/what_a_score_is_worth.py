# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What a score is worth
#
# On a *simulated* mouse the truth is known: neurons follow features of `gabor_oracle`, with noise from trial to trial.

# %%
import os

os.environ.update(BS_INSTALL_DEPENDENCIES='no', TQDM_DISABLE='1')

import numpy as np
from brainscore_vision import load_benchmark, load_model

benchmark = load_benchmark('SimulatedMouse.VISp-pls')
scores = {name: benchmark(load_model(name))
          for name in ('gabor_oracle', 'alexnet64_untrained', 'pixels64', 'random_features')}

# %% [markdown]
# ## The null
#
# `random_features` knows nothing of the images: what it gets is chance. A score means nothing without it.

# %%
for name, score in scores.items():
    print(f"{name:20} {float(score):6.3f} ± {score.attrs['error']:.3f}")

# %% [markdown]
# ## Noise correction
#
# Responses to one image differ from trial to trial. The correlation with single halves of the trials is divided by what
# their noise allows; without that, a good model of noisy neurons looks like a bad one. Each point is a neuron.

# %%
import matplotlib.pyplot as plt

raw = np.nanmean(scores['gabor_oracle'].raw.raw.values, axis=0)
corrected = scores['gabor_oracle'].attrs['neuroids'].values
reliability = np.nanmean(benchmark.ceiling.raw.values, axis=0)
figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
for axis, values, title in zip(axes, (raw, corrected), ('before', 'after')):
    axis.scatter(reliability, values, s=8)
    axis.set_title(f'{title} the correction: median {np.nanmedian(values):.2f}', fontsize=10)
    axis.set_xlabel('reliability of the neuron')
axes[0].set_ylabel('correlation of gabor_oracle');

# %% [markdown]
# ## Consistency between animals
#
# The same model on each of the three simulated animals: how far another animal would move the score.

# %%
for name, score in scores.items():
    print(f'{name:20}', np.round(np.asarray(score.attrs['animals'].values, dtype=float), 3))
