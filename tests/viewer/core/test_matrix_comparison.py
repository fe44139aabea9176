"""Dissimilarity matrices beside those of a model."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_rdm.dissimilarity import similarity
from brainscore_vision.metrics.mouse_rdm.half_matrices import (
    CORRELATION,
    dissimilarities_of_parts,
    half_dissimilarities,
)
from brainscore_vision.metrics.mouse_rdm.metric import N_HALVES, SEED

from napari_viewer.core.matrix_comparison import compare, open_matrices
from napari_viewer.core.matrix_sheet import LEFT, SIDE, TOP, MatrixQuery, MatrixSheet
from napari_viewer.core.networks import open_network


@pytest.fixture(scope='module')
def comparison(weight_files):
    return compare(open_matrices('Antolik2016.VISp-rdm'), open_network(weight_files[0]), 'conv1')


def test_correlations_and_matrices_are_those_of_the_score(comparison):
    upper = np.triu_indices(50, 1)
    trials = dict(trials_by_animal(comparison.recording.benchmark.recordings))
    for name, measured in comparison.recording.by_name.items():
        responses, _ = images_by_trials(trials[name])
        halves = half_dissimilarities(responses, N_HALVES, SEED, CORRELATION)
        found = similarity(comparison.matrices[name][upper], halves, 'pearson')
        assert comparison.raw[name] == pytest.approx(found.raw[0])
        assert comparison.corrected[name] == pytest.approx(found.corrected()[0])
        assert comparison.raw[name] <= comparison.ceiling[name]
        whole = dissimilarities_of_parts(responses, np.ones((1, responses.shape[1]), bool), CORRELATION)[0]
        np.testing.assert_array_equal(measured.matrix[upper], whole)
    assert comparison.score == pytest.approx(np.mean(list(comparison.corrected.values())))


def test_both_matrices_are_sorted_alike_and_name_their_pairs(comparison):
    name = next(iter(comparison.recording.by_name))
    sheet = MatrixSheet(MatrixQuery(comparison.recording, name, comparison, True))
    measured = comparison.recording.by_name[name]
    assert sorted(sheet.order) == list(range(50))
    row, column = 100, 300
    left, right = (sheet.labels[TOP + row, start + column] for start in (LEFT, LEFT * 2 + SIDE + 8))
    assert left == right
    first, second = sheet.order[list(sheet.pair(left))]
    entry = sheet.table.iloc[left - 1]
    assert entry['image'] == measured.numbers[first]
    assert entry['measured'] == pytest.approx(measured.matrix[first, second], abs=1e-3)
    assert entry['model'] == pytest.approx(comparison.matrices[name][first, second], abs=1e-3)
    neighbours = measured.matrix[sheet.order[:-1], sheet.order[1:]]
    assert neighbours.mean() < measured.matrix[np.triu_indices(50, 1)].mean()


def test_published_matrices_are_compared(weight_files):
    from brainscore_vision.benchmarks.Conwell2021.benchmark import Conwell2021
    benchmark = Conwell2021('VISp', 'rdm')
    try:
        benchmark.recordings  # noqa: B018
    except FileNotFoundError:
        pytest.skip('the published matrices are not packaged here')
    from napari_viewer.core.matrix_comparison import MeasuredMatrices
    found = compare(MeasuredMatrices(benchmark), open_network(weight_files[0]), 'conv1')
    assert len(found.raw) == len(found.matrices) > 1
