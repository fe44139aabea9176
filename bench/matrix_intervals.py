"""How often intervals of dissimilarity matrices' scores hold the truth, by how animals differ and how many there are.

    python bench/matrix_intervals.py [--recordings 200] [--seed 0]

50 images, 8 trials and 25 neurons an animal, as few as real recordings have. Animals respond to 20 things that all of
them see in the images, and to 20 of their own; a model knows a share of the former. Images and animals are new in every
recording, and the truth is the mean score over all of them. Of the eight animals of a recording the first two and three
are recordings, too.

Before: the variance of rsatoolbox's `extract_variances` (Schuett et al. 2023, eLife 12:e82566), which bounds it by
those over bootstrap samples, and Student's t with one degree of freedom less than there are animals. After: as in
scores. Each error is given over the standard deviation of scores, which it should be.
"""
import argparse
import os

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')

import warnings

warnings.filterwarnings('ignore', message='xarray subclass')

import numpy as np  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights  # noqa: E402
from brainscore_vision.metrics.mouse_rdm.bootstrap import uncertainty_of_mean  # noqa: E402
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities, similarity  # noqa: E402
from brainscore_vision.metrics.mouse_rdm.half_matrices import CORRELATION, half_dissimilarities  # noqa: E402
from measure import print_table  # noqa: E402
from rsatoolbox.util.inference_util import extract_variances  # noqa: E402
from scipy import stats  # noqa: E402
from tqdm import tqdm  # noqa: E402

N_IMAGES, N_TRIALS, N_NEURONS, N_THINGS, NOISE = 50, 8, 25, 20, 1.5
# how much of a neuron's responses is to what all animals see, lowest and highest; the share of it that the model knows
ANIMALS = {'differ much': (.3, .9, 1), 'differ somewhat': (.5, .7, .7), 'are alike': (.6, .6, .5)}
N_ANIMALS = (2, 3, 8)
N_BOOTSTRAP, N_HALVES = 200, 10  # as the metric has them


def recording(rng, low, high, share, seed):
    """Scores of animals, from the images as they are and from bootstrap samples: (1 + N_BOOTSTRAP, most animals)."""
    shared = rng.standard_normal((N_IMAGES, N_THINGS))
    model = np.sqrt(share) * shared + np.sqrt(1 - share) * rng.standard_normal(shared.shape)
    weights, found = image_weights(N_IMAGES, N_BOOTSTRAP, seed), []
    for mixture in rng.uniform(low, high, max(N_ANIMALS)):
        seen = np.hstack([mixture * shared, (1 - mixture) * rng.standard_normal(shared.shape)])
        rates = seen @ rng.standard_normal((2 * N_THINGS, N_NEURONS))
        responses = (rates / rates.std())[:, None] + NOISE * rng.standard_normal((N_IMAGES, N_TRIALS, N_NEURONS))
        found.append(similarity(dissimilarities(model), half_dissimilarities(responses, N_HALVES, seed, CORRELATION),
                                'pearson', weights).corrected())
    return np.stack(found, axis=1)


def before(values, bootstrap, rng):
    """Error and half of the interval's width by rsatoolbox."""
    n = len(values)
    images = bootstrap.mean(axis=1).var(ddof=1)
    sampled = rng.integers(n, size=bootstrap.shape)
    both = np.take_along_axis(bootstrap, sampled, axis=1).mean(axis=1).var(ddof=1)
    variances = np.array([both, values.var() / n, images])[:, None, None] * np.eye(1)
    error = np.sqrt(extract_variances(variances, False, n, N_IMAGES)[0].item())
    return error, stats.t.ppf(.975, n - 1) * error


def rows(found, rng):
    """Of the table, from the scores of recordings (n_recordings, 1 + N_BOOTSTRAP, most animals)."""
    truth = found[:, 0].mean()
    for n in N_ANIMALS:
        scores = found[:, 0, :n].mean(axis=1)
        sides = []
        for one in found[..., :n]:
            after = uncertainty_of_mean(one[0], one[1:], N_IMAGES)
            sides.append((before(one[0], one[1:], rng), (after.error, after.half_width)))
        errors, half_widths = np.moveaxis(sides, -1, 0)
        ratios = np.sqrt((errors ** 2).mean(axis=0)) / scores.std(ddof=1)
        held = (np.abs(scores[:, None] - truth) <= half_widths).mean(axis=0)
        yield (str(n), f'{scores.std(ddof=1):.3f}', '{:.2f} -> {:.2f}'.format(*ratios),
               '{:.0%} -> {:.0%}'.format(*held), '{:.2f} -> {:.2f}'.format(*np.median(half_widths, axis=0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--recordings', type=int, default=200, help='simulated for each kind of animals')
    parser.add_argument('--tiny', action='store_true', help='two recordings, to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    n_recordings = 2 if args.tiny else args.recordings
    table = [('animals', 'how many', 'sd of scores', 'error / sd', 'coverage', 'half of median interval')]
    for k, (name, settings) in enumerate(ANIMALS.items()):
        found = np.array([recording(np.random.default_rng([args.seed, k, number]), *settings, number)
                          for number in tqdm(range(n_recordings), desc=name, mininterval=10)])
        table += [(name, *row) for row in rows(found, np.random.default_rng([args.seed, k]))]
    print(f'# seed {args.seed}, {n_recordings} simulated recordings for each kind of animals; before -> after')
    print_table(table)


if __name__ == '__main__':
    main()
