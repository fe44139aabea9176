import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark, load_model
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities, mean_correlation
from brainscore_vision.metrics.mouse_rdm.half_matrices import AVERAGES, half_dissimilarities

FIELDS = ('region1', 'region2', 'region3')


@pytest.mark.parametrize('variant', ['pls', 'pls_held_out', 'ridge', 'rdm', 'cka'])
def test_benchmark(variant):
    benchmark = load_benchmark(f'Antolik2016.VISp-{variant}')
    assert benchmark.identifier == f'Antolik2016.VISp-{variant}'
    assert benchmark.region == benchmark.parent == 'VISp'


def test_absent_training_images_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='training_inputs.npy'):
        load_benchmark('Antolik2016.VISp-pls_held_out').recordings  # noqa: B018


@pytest.fixture(scope='module')
def rdm():
    return load_benchmark('Antolik2016.VISp-rdm')


# a first look at the supplement by other code, without noise correction; its digits allow .005, its rounding more
@pytest.mark.parametrize(('model', 'expected'), [
    ('alexnet64_untrained', (.31, .18, .19)), ('pixels64', (.14, .14, .17))])
def test_similarities_are_those_of_the_first_look(model, expected, rdm):
    _, features = rdm.features(load_model(model))
    source = next(iter(features.values()))
    found = []
    for _, trials in trials_by_animal(rdm.recordings):
        responses, stimulus_ids = images_by_trials(trials)
        found.append(np.corrcoef(dissimilarities(feature_rows(source, stimulus_ids).astype(float)),
                                 dissimilarities(responses.mean(axis=1)))[0, 1])
    assert found == pytest.approx(expected, abs=.01)


def test_halves_of_the_matrices_agree_as_they_did(rdm):
    found = []
    for _, trials in trials_by_animal(rdm.recordings):
        found.append(mean_correlation(*half_dissimilarities(images_by_trials(trials)[0], 50, 0, AVERAGES)))
    assert found == pytest.approx((.65, .41, .76), abs=.02)  # halves are drawn at random


@pytest.mark.parametrize('variant', ['pls', 'ridge', 'rdm', 'cka'])
def test_chance_is_0_and_a_network_is_above_it(variant):
    benchmark = load_benchmark(f'Antolik2016.VISp-{variant}')
    chance, pixels = (benchmark(load_model(model)) for model in ('random_features', 'pixels64'))
    assert chance.attrs['interval'][0] < 0 < chance.attrs['interval'][1]
    assert float(pixels) > 2 * pixels.attrs['error']
    assert list(pixels.attrs['animals']['animal'].values) == list(FIELDS)
    assert float(pixels) == pytest.approx(pixels.attrs['animals'].values.mean())
    if variant in ('pls', 'rdm'):
        assert 0 < pixels.attrs['resolvable_difference'] < .5
