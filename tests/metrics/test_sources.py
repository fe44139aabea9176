"""Images that share a source are on one side of every split, and a label of the source predicts nothing."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.metrics.mouse_metrics.sources import image_sources, source_groups
from brainscore_vision.metrics.noise_corrected_pls.folds import FoldProtocol, fold_predictions
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol, image_splits
from hypothesis import given, settings
from hypothesis import strategies as st

N_SOURCES, N_IMAGES, N_TRIALS, N_NEURONS = 12, 96, 6, 20


@given(st.lists(st.integers(0, 15), min_size=4, max_size=120).filter(lambda sources: len(set(sources)) > 1),
       st.integers(0, 5))
@settings(max_examples=50, deadline=None)
def test_no_source_is_on_both_sides(sources, seed):
    sources = np.array(sources)
    for train, test in image_splits(len(sources), 5, seed, sources):
        assert sorted([*train, *test]) == list(range(len(sources)))
        assert not set(sources[train]) & set(sources[test])
        assert len(train) <= len(sources) // 2


def test_images_of_their_own_are_split_as_those_without_sources():
    for alone, grouped in zip(image_splits(31, 7, 2), image_splits(31, 7, 2, np.arange(31)[::-1])):
        assert all(np.array_equal(*sides) for sides in zip(alone, grouped))
    features, responses = np.random.default_rng(0).standard_normal((2, 30, 8))
    protocol = FoldProtocol(n_folds=5, n_divisions=1, most_components=3)
    assert np.array_equal(fold_predictions(features, responses, protocol),
                          fold_predictions(features, responses, protocol, np.arange(30)))


def test_without_sources_splits_are_those_of_ever():
    """What they were before there were sources, so that no score of other recordings has changed."""
    train, test = image_splits(118, 10, 0)[3]
    rng = np.random.default_rng([0, 0])
    order = [rng.permutation(118) for _ in range(4)][3]
    assert np.array_equal(train, order[:59])
    assert np.array_equal(test, order[59:])


def test_sources_are_read_off_the_recordings():
    trials = NeuroidAssembly(np.zeros((3, 1)), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ['b', 'a', 'b']), 'repetition': ('presentation', [0, 0, 1]),
        'source': ('presentation', ['x', 'y', 'x']), 'neuroid_id': ('neuroid', ['n']), 'animal': ('neuroid', ['m'])})
    assert list(image_sources(trials, ['a', 'b'])) == ['y', 'x']
    without = NeuroidAssembly(np.zeros((1, 1)), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ['a']), 'repetition': ('presentation', [0]), 'neuroid_id': ('neuroid', ['n']),
        'animal': ('neuroid', ['m'])})
    assert image_sources(without, ['a']) is None
    assert [group.tolist() for group in source_groups(3, np.array(['x', 'y', 'x']))] == [[0, 2], [1]]
    with pytest.raises(ValueError, match='2 sources for 3 images'):
        source_groups(3, np.array(['x', 'y']))


SOURCES = np.repeat(np.arange(N_SOURCES), N_IMAGES // N_SOURCES)


def crops(seed):
    """Neurons that answer each source in their own way, and crops of it a little differently; codes of the sources."""
    rng = np.random.default_rng(seed)
    rates = rng.standard_normal((N_SOURCES, N_NEURONS))[SOURCES] + .5 * rng.standard_normal((N_IMAGES, N_NEURONS))
    responses = rates[:, None] + .5 * rng.standard_normal((N_IMAGES, N_TRIALS, N_NEURONS))
    return responses, rng.standard_normal((N_SOURCES, 50))[SOURCES]


def assemblies(sources, responses, features, grouped):
    names = np.array([f'image_{i:03d}' for i in range(N_IMAGES)])
    columns = {'stimulus_id': ('presentation', np.repeat(names, N_TRIALS)),
               'repetition': ('presentation', np.tile(np.arange(N_TRIALS), N_IMAGES))}
    if grouped:
        columns['source'] = ('presentation', np.repeat(sources, N_TRIALS))
    target = NeuroidAssembly(responses.reshape(-1, N_NEURONS), dims=['presentation', 'neuroid'], coords={
        **columns, 'neuroid_id': ('neuroid', np.arange(N_NEURONS)), 'animal': ('neuroid', ['m'] * N_NEURONS)})
    source = NeuroidAssembly(features, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', names), 'object_name': ('presentation', names),
        'neuroid_id': ('neuroid', np.arange(features.shape[1])), 'layer': ('neuroid', ['l'] * features.shape[1])})
    return source, target


@pytest.mark.parametrize('metric', [
    lambda: load_metric('noise_corrected_pls', protocol=Protocol(image_splits=4, trial_halves=2, n_components=5)),
    lambda: load_metric('noise_corrected_pls_folds', protocol=FoldProtocol(n_divisions=1)),
], ids=['halves', 'folds'])
def test_which_source_an_image_is_of_predicts_nothing_where_sources_are_known(metric):
    scores = {grouped: [float(metric()(*assemblies(SOURCES, *crops(seed), grouped))) for seed in range(8)]
              for grouped in (False, True)}
    assert min(scores[False]) > .4  # it knows the source of every test image from training
    error = np.std(scores[True], ddof=1) / np.sqrt(8)
    assert abs(np.mean(scores[True])) < 3 * error


def test_too_few_sources_are_a_clear_error():
    one, few = np.zeros(N_IMAGES, int), np.arange(N_IMAGES) // 90
    halves = load_metric('noise_corrected_pls', protocol=Protocol(image_splits=2, trial_halves=2, n_components=10))
    with pytest.raises(ValueError, match='images of several sources'):
        halves(*assemblies(one, *crops(0), grouped=True))
    with pytest.raises(ValueError, match='leaves 6 training image'):
        halves(*assemblies(few, *crops(0), grouped=True))
    with pytest.raises(ValueError, match=r'2 source\(s\) cannot be divided into 10 folds'):
        load_metric('noise_corrected_pls_folds')(*assemblies(few, *crops(0), grouped=True))
