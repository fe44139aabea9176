"""Our models on the similarity matrices of six mouse areas, beside what Conwell et al. (2021) published.

    .venv/bin/python bench/published_similarity.py [MODEL ...]

The recording must be packaged: 'brainscore-mouse recordings fetch allen-rsm'. A look at finished models: never choose a
training setting by it.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import measure  # noqa: F401  (puts the packages before the scripts)
import numpy as np
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark, load_dataset, load_model
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities
from brainscore_vision.metrics.mouse_rdm.sites import site_similarities
from brainscore_vision.metrics.mouse_rdm.sites_metric import LEAST_RELIABILITY, site_matrices

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tests'))
from fabricated.similarity_matrices import published_files, write_files

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


def row(model: str) -> str:
    benchmarks = [load_benchmark(f'Conwell2021.{area}-rdm') for area in AREAS]
    _, features = benchmarks[0].features(load_model(model))
    names, reliability, _, _ = site_matrices(load_dataset('Conwell2021').isel(time_bin=0))
    by_layer = uncorrected(features)
    committed = next(iter(features))
    best = np.max(list(by_layer.values()), axis=0).mean()
    plain = mean_by_area(by_layer[committed], names, reliability)
    scores = [benchmark.score_features(features[committed]) for benchmark in benchmarks]
    cells = [f'`{model}`', f'{best:.3f}', f"{plain['VISp']:.3f}", f'{np.mean(list(plain.values())):.3f}',
             *(f"{score.item():.2f} ± {score.attrs['error']:.2f}" for score in scores)]
    return f"| {' | '.join(cells)} |"


def report(models: list[str]) -> None:
    header = ['network', 'best layer of each site, mean of 21', 'first layer, VISp', 'first layer, mean of areas',
              *AREAS]
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for model in models:
        print(row(model), flush=True)


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
