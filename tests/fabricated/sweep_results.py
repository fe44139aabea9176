"""Results of sweeps whose truth is known."""
import numpy as np
import pandas as pd


def of_domains(effects, n_animals=6, n_splits=10, animal_sd=.02, split_sd=.02, seed=0):
    """Domain -> effect: values of one model for each domain, and random effects of animals on each model."""
    rng = np.random.default_rng(seed)
    rows = []
    for domain, effect in effects.items():
        own = animal_sd * rng.standard_normal(n_animals)
        for animal in range(n_animals):
            for split in range(n_splits):
                rows.append([f'model_{domain}', domain, 'conv1', 'Mouse.VISp-pls', f'm{animal}', split,
                             .5 + effect + own[animal] + split_sd * rng.standard_normal()])
    table = pd.DataFrame(rows, columns=['model', 'domain', 'layer', 'benchmark', 'animal', 'split', 'value'])
    return table.assign(animal_value=table.groupby(['model', 'animal']).value.transform('mean'))
