# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Reproduce one figure of the paper
#
# Prasad, Manor & Pereira (2022) ask whether networks trained on more natural images predict mouse neurons better:
# conv1's predictivity against the naturalness of the training images. Here are the eight shipped models, which have
# been trained on stand-in images, on a **simulated** mouse: this is the figure's form, and no replication.
# `brainscore-mouse study` draws it with all controls, for real recordings where they are here.

# %%
import os

os.environ.update(BS_INSTALL_DEPENDENCIES='no', TQDM_DISABLE='1')

import pandas as pd
from brainscore_vision import load_benchmark, load_model

from study.published_numbers import published_naturalness

naturalness = published_naturalness().set_index('domain').naturalness
benchmark = load_benchmark('SimulatedMouse.VISp-pls')
rows = []
for domain in naturalness.index:
    model = load_model(f'alexnet64_simclr_{domain}')
    score = benchmark.score_features(benchmark.features(model, layers=['conv1'])[1]['conv1'])
    rows.append({'domain': domain, 'naturalness': naturalness[domain], 'predictivity': float(score),
                 'error': score.attrs['error']})
table = pd.DataFrame(rows).set_index('domain')
table.round(3)

# %%
import matplotlib.pyplot as plt
from scipy.stats import spearmanr

untrained = load_model('alexnet64_untrained')
start = float(benchmark.score_features(benchmark.features(untrained, layers=['conv1'])[1]['conv1']))
correlation = spearmanr(table.naturalness, table.predictivity).statistic
plt.figure(figsize=(5, 3.5))
plt.errorbar(table.naturalness, table.predictivity, table.error, fmt='o', capsize=3)
for domain, row in table.iterrows():
    plt.annotate(domain, (row.naturalness, row.predictivity), xytext=(5, 4), textcoords='offset points', fontsize=8)
plt.axhline(start, color='grey', linestyle='--')
plt.annotate('untrained', (table.naturalness.min(), start), va='bottom', color='grey', fontsize=8)
plt.xlabel('naturalness that the paper prints')
plt.ylabel('predictivity of simulated VISp')
plt.title(f'Spearman correlation {correlation:.2f}, eight domains', fontsize=10);
