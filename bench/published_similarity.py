"""Our models on the similarity matrices of six mouse areas, beside what Conwell et al. (2021) published.

    .venv/bin/python bench/published_similarity.py [MODEL ...]
    .venv/bin/python bench/published_similarity.py bench/efficientnet_lite0.py:imagenet [...]

A model is an identifier or a network by its name. The recording must be packaged: 'brainscore-mouse recordings fetch
allen-rsm'. Prints a table of the layer that each model commits to, and one of the layer that each area's benchmark
likes best: a maximum, the larger the more layers there are. A look at finished models: never choose a training setting
by it.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import measure  # noqa: F401  (puts the packages before the scripts)
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark, load_dataset
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities
from brainscore_vision.metrics.mouse_rdm.sites import area_similarity, site_similarities
from brainscore_vision.metrics.mouse_rdm.sites_metric import LEAST_RELIABILITY, site_matrices
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tests'))
from fabricated.similarity_matrices import published_files, write_files

from brainscore_plugin.any_network import load_model
from brainscore_plugin.recordings.allen_rsm import recording

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
DOMAINS = ('imagenet', 'real', 'painting', 'clipart', 'infograph', 'sketch', 'quickdraw', 'cremi')
MODELS = ('random_features', 'pixels64', 'alexnet64_untrained', *(f'alexnet64_untrained_seed{i}' for i in range(1, 5)),
          *(f'alexnet64_simclr_{domain}' for domain in DOMAINS))


def uncorrected(features: dict) -> dict[str, np.ndarray]:
    """Pearson's r with each of the 21 sites, by layer."""
    _, _, matrices, stimulus_ids = site_matrices(load_dataset('Conwell2021').isel(time_bin=0))
    first, second = np.triu_indices(len(stimulus_ids), 1)
    return {layer: site_similarities(1 - dissimilarities(feature_rows(values, stimulus_ids)),
                                     matrices[:, first, second], 'pearson')[0] for layer, values in features.items()}


def mean_by_area(values: np.ndarray, names: list[str], reliability: np.ndarray) -> dict[str, float]:
    """Mean over the sites of each area that are reliable enough."""
    areas = np.array([name.split('_')[0] for name in names])
    return {area: values[(areas == area) & (reliability >= LEAST_RELIABILITY)].mean() for area in AREAS}


def best_layer(by_layer: dict[str, np.ndarray], area: str, names: list[str], reliability: np.ndarray) -> str:
    """The layer with the highest value of the area, as its benchmark weighs the sites."""
    counted = (np.array([name.split('_')[0] for name in names]) == area) & (reliability >= LEAST_RELIABILITY)
    return max(by_layer, key=lambda layer: area_similarity(by_layer[layer][None, counted], reliability[counted])[0])


def rows(model: str) -> tuple[str, str]:
    """Of the table of layers committed to, and of that of the best layer of each area."""
    benchmarks = {area: load_benchmark(f'Conwell2021.{area}-rdm') for area in AREAS}
    _, features = benchmarks['VISp'].features(load_model(model))
    names, reliability, _, _ = site_matrices(load_dataset('Conwell2021').isel(time_bin=0))
    by_layer = uncorrected(features)
    committed = next(iter(features))
    best = np.max(list(by_layer.values()), axis=0).mean()
    plain = mean_by_area(by_layer[committed], names, reliability)
    of_committed = [f'`{model}`, {committed}',
                    *(f'{value:.3f}' for value in (best, plain['VISp'], np.mean(list(plain.values())))),
                    *(with_error(benchmark.score_features(features[committed])) for benchmark in benchmarks.values())]
    chosen = {area: best_layer(by_layer, area, names, reliability) for area in AREAS}
    of_best = [f'`{model}`', str(len(features)),
               *(f'{with_error(benchmark.score_features(features[chosen[area]]))} ({chosen[area]})'
                 for area, benchmark in benchmarks.items())]
    return _row(of_committed), _row(of_best)


def with_error(score: Score) -> str:
    return f"{score.item():.2f} ± {score.attrs['error']:.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def report(models: list[str]) -> None:
    headers = (['network', 'best layer of each site, mean of 21', 'committed layer, VISp',
                'committed layer, mean of areas', *AREAS], ['network', 'layers', *AREAS])
    found = [rows(model) for model in tqdm(models, unit='model', disable=None)]
    for title, header, table in zip(('The layer committed to', "The best layer by each area's benchmark"), headers,
                                    zip(*found)):
        print(f"{title}\n\n{_row(header)}\n|{'---|' * len(header)}", *table, '', sep='\n')


def package_fabricated(folder: Path) -> None:
    """Package made-up matrices into a data home in the folder."""
    write_files(folder)
    fetch._local_data_path = str(folder / '.brainio')
    recording.FILES = published_files(folder)
    recording.Recording().package(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('models', nargs='*', help='identifiers; all models of this project by default')
    parser.add_argument('--tiny', action='store_true', help='made-up matrices: to see that the script runs')
    arguments = parser.parse_args()
    if arguments.tiny:
        with tempfile.TemporaryDirectory() as folder:
            package_fabricated(Path(folder))
            report(['random_features'])
    else:
        report(arguments.models or list(MODELS))


if __name__ == '__main__':
    main()
