"""Mouse benchmarks on the simulated mouse, whose truth is known."""
import functools

import numpy as np
import pytest
import torch
from brainscore_core.benchmarks import score_benchmark
from brainscore_core.metrics import Score
from brainscore_vision import load_benchmark, load_metric, load_model
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.benchmarks.mouse_predictivity import memory
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.simulated_mouse.benchmark import load_area
from brainscore_vision.data.simulated_mouse.population import N_ANIMALS, Population
from brainscore_vision.data.simulated_mouse.recording import simulated_population, simulated_scenes
from brainscore_vision.data.simulated_mouse.scenes import draw_scenes
from brainscore_vision.metrics.noise_corrected_pls.predictivity import predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper, load_preprocess_images
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from brainscore_vision.models.alexnet64.model import convolutional_trunk

pytestmark = pytest.mark.slow
MODELS = ('gabor_oracle', 'alexnet64_untrained', 'pixels64', 'random_features')


@functools.lru_cache
def benchmark(area, variant='pls'):
    return load_benchmark(f'SimulatedMouse.{area}-{variant}')


def quick(area):
    """A benchmark to see what is scored, not how well: it compares matrices, and fits nothing."""
    return benchmark(area, 'rdm')


@functools.lru_cache
def score(model, area):
    return benchmark(area)(load_model(model))


def commitment(seed=0, visual_degrees=120, region_layer_map=None):
    """A model that the same name hides, whatever its weights, degrees and regions are."""
    preprocessing = functools.partial(load_preprocess_images, image_size=64, normalize_mean=(0.,) * 3,
                                      normalize_std=(1.,) * 3)
    wrapper = PytorchWrapper(identifier='same_name', model=convolutional_trunk(seed), preprocessing=preprocessing)
    return ModelCommitment('same_name', wrapper, layers=['conv1'], visual_degrees=visual_degrees,
                           region_layer_map=region_layer_map or {'VISp': 'conv1', 'V1': 'conv1'})


@pytest.mark.parametrize('area', ['VISp', 'VISl'])
class TestKnownAnswers:
    def test_the_truth_is_best_and_chance_is_nothing(self, area):
        values = {model: float(score(model, area)) for model in MODELS}
        assert list(values) == sorted(values, key=values.get, reverse=True)
        assert abs(values['random_features']) < 2 * score('random_features', area).attrs['error']
        assert values['pixels64'] > 2 * score('pixels64', area).attrs['error']

    def test_the_oracle_gets_what_the_mapping_gets_on_noise_free_rates(self, area):
        population, scenes = simulated_population(), simulated_scenes()
        neurons = (population.neurons.region == area).to_numpy()
        rates = population.rates(scenes)[:, neurons]
        truth = predictivity(population.features(scenes), np.repeat(rates[:, None], 2, axis=1),
                             population.neurons.animal.to_numpy()[neurons], Protocol(trial_halves=1)).raw.mean(axis=0)
        found = score('gabor_oracle', area)
        signal = np.clip(found.attrs['reliability'].values, 0, None)  # a ratio of means weights neurons by it
        of_animals = [np.average(truth[own], weights=signal[own]) for own in np.split(np.arange(180), N_ANIMALS)]
        assert float(found) == pytest.approx(np.mean(of_animals), abs=.03)

    def test_score_has_what_brainscore_and_its_readers_need(self, area):
        result = score('alexnet64_untrained', area)
        assert_valid_uncertainty(result)
        assert result.raw.item() < result.item()  # noise correction raises it
        assert .45 < result.attrs['ceiling'].item() < .65
        assert result.attrs['n_neurons'] == 180
        assert 0 < result.attrs['n_nan'] < 60  # of a reliability near 0
        assert len(result.attrs['animals']) == N_ANIMALS
        assert result.attrs['animals'].mean().item() == pytest.approx(result.item())
        assert list(result.attrs['layer_scores']['layer'].values) == ['conv1', 'conv2', 'conv3', 'conv4', 'conv5']
        assert result.attrs['layer_scores'].sel(layer='conv1').item() == result.item()
        assert result.attrs['layer'] == 'conv1'
        assert result.attrs['corrected'].shape == (10, N_ANIMALS)
        assert result.attrs['published'] < result.attrs['median_neuron']
        assert result.attrs['reliability'].shape == (180,)
        lower, median, upper = result.attrs['reliability_quartiles']
        assert 0 < lower < median < upper < 1
        others = result.attrs['inter_animal_consistency']
        assert others.attrs['n_animals'] == N_ANIMALS
        assert result.item() < others.item() < score('gabor_oracle', area).item()
        lower, upper = result.attrs['interval']
        assert lower < result.item() < upper


def test_the_oracle_rises_towards_one_with_images_and_components():
    scenes = draw_scenes(400, seed=0)
    population = Population.calibrated(scenes, seed=0)
    neurons = (population.neurons.region == 'VISp').to_numpy()
    features, rates = population.features(scenes), population.rates(scenes)[:, neurons][:, None].repeat(2, axis=1)
    animals = population.neurons.animal.to_numpy()[neurons]

    def oracle(n_images, n_components):
        protocol = Protocol(image_splits=1, trial_halves=1, n_components=n_components)
        return np.median(predictivity(features[:n_images], rates[:n_images], animals, protocol).of_neurons())

    ladder = [oracle(118, 25), oracle(400, 25), oracle(400, 120)]
    assert ladder == sorted(ladder)
    assert ladder[-1] > .7


def test_the_same_score_twice():
    again = load_benchmark('SimulatedMouse.VISp-pls')(load_model('pixels64'))
    assert again.item() == score('pixels64', 'VISp').item()
    assert again.attrs['error'] == score('pixels64', 'VISp').attrs['error']


def test_changed_weights_under_the_same_name_give_a_new_score():
    assert quick('VISp')(commitment(seed=0)).item() != quick('VISp')(commitment(seed=1)).item()


def test_changed_recordings_under_the_same_name_give_a_new_ceiling():
    recordings = load_area('VISp')
    noisy = recordings.copy(data=np.random.default_rng(0).permutation(recordings.values))
    noisy.attrs['stimulus_set'] = recordings.attrs['stimulus_set']

    def named_alike(assembly):
        return MousePredictivity('SimulatedMouse.VISp-pls', 'VISp', 1, lambda: assembly, metric=None,
                                 time_bin=(0, 250), bibtex='')
    assert named_alike(noisy).ceiling.item() < .3 < named_alike(recordings).ceiling.item()


def test_the_image_fills_the_field_of_view_of_any_model():
    assert quick('VISp')(commitment(visual_degrees=8)).item() == quick('VISp')(commitment()).item()


def test_a_model_without_mouse_areas_records_its_v1_and_the_score_says_so():
    primate = quick('VISl')(commitment(region_layer_map={'V1': 'conv1'}))
    assert primate.item() == quick('VISl')(commitment(region_layer_map={'VISl': 'conv1', 'V1': 'conv2'})).item()
    assert primate.attrs['region'] == 'V1'
    assert 'V1 recorded for VISl' in primate.attrs['comment']


def test_a_model_without_a_map_is_scored_by_its_middle_layer_and_the_score_says_so():
    model = commitment()
    model.layer_model.region_layer_map = {'IT': 'conv5'}
    model.layers = ['conv1', 'conv2', 'conv3']
    result = quick('VISp')(model)
    assert result.attrs['layer'] == 'conv2'
    assert 'commits to no layer for VISp' in result.attrs['comment']
    assert result.item() == quick('VISp')(commitment(region_layer_map={'VISp': 'conv2'})).item()


def test_a_layer_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="no layer 'conv9'"):
        benchmark('VISp')(commitment(region_layer_map={'VISp': 'conv9'}))


class TestOneBadLayer:
    @staticmethod
    def broken(layers, replace):
        model = commitment(region_layer_map={'VISp': layers})
        model.activations_model._model.conv5.forward = replace
        return model

    @pytest.mark.parametrize(('replace', 'reason'), [
        (lambda values: {'values': values}, "no attribute 'cpu'"), (lambda values: (values, values), "no attribute"),
        (lambda values: values * np.nan, 'not finite')], ids=['dict', 'tuple', 'nan'])
    def test_leaves_the_others_their_scores_and_has_a_reason(self, replace, reason):
        scores = benchmark('VISp')(self.broken(['conv3', 'conv5'], replace)).attrs['layer_scores']
        alone = benchmark('VISp')(commitment(region_layer_map={'VISp': 'conv3'}))
        assert scores.sel(layer='conv3').item() == alone.item()
        assert np.isnan(scores.sel(layer='conv5').item())
        assert reason in scores.attrs['failures']['conv5']

    @pytest.mark.parametrize('replace', [lambda values: {'values': values}, lambda values: values * np.nan],
                             ids=['dict', 'nan'])
    def test_is_named_if_it_is_the_committed_one(self, replace):
        with pytest.raises(ValueError, match="layer 'conv5' of same_name cannot be scored"):
            benchmark('VISp')(self.broken(['conv5', 'conv3'], replace))


class TestMemory:
    def test_brainscore_is_told_what_a_score_takes(self):
        estimate = benchmark('VISp').preallocate_memory(load_model('alexnet64_untrained'))
        assert estimate.num_features == 14400 + 9408 + 3456 + 2304 + 2304
        assert estimate.num_stimuli == 118
        assert estimate.activation_gb == pytest.approx(118 * 31872 * 4 / 1024 ** 3)
        assert estimate.activation_gb < estimate.total_estimated_gb < 1

    def test_too_little_is_an_error_before_anything_is_scored(self, monkeypatch):
        monkeypatch.setattr(memory, 'available_memory_gb', lambda: .001)
        with pytest.raises(MemoryError, match=r'SimulatedMouse.VISp-pls: \[OOM LIKELY\]'):
            score_benchmark(benchmark('VISp'), load_model('pixels64'))
        assert benchmark('VISp').preallocate_memory(load_model('pixels64'), raise_if_oom=False).will_oom


@pytest.mark.parametrize(('keep', 'says'), [
    (lambda a: a['stimulus_id'].values == a['stimulus_id'].values[0], '1 image'),
    (lambda a: a['repetition'].values == 0, r'1 trial\(s\)'),
], ids=['one image', 'one trial'])
def test_recordings_too_small_are_a_clear_error(keep, says):
    recordings = load_area('VISp')
    small = recordings.isel(presentation=np.flatnonzero(keep(recordings)))
    small.attrs['stimulus_set'] = recordings.attrs['stimulus_set']
    metric = load_metric('noise_corrected_pls')
    tiny = MousePredictivity('Tiny.VISp-pls', 'VISp', 1, lambda: small, metric, (0, 250), '')
    with pytest.raises(ValueError, match=says):
        tiny(load_model('pixels64'))


def test_training_recordings_are_handed_to_the_metric_and_named_by_the_benchmark():
    recordings, asked = load_area('VISp'), []

    def metric(source, target, training):
        asked.extend(training(animal) for animal in dict.fromkeys(target['animal'].values))
        score = Score(0.)
        score.attrs['error'] = 0.
        return score
    held_out = MousePredictivity('Held.VISp-pls', 'VISp', 1, lambda: recordings, metric, (0, 250), '',
                                 load_training=lambda animal: f'training of {animal}')
    held_out(load_model('pixels64'))
    assert asked == [f'training of {animal}' for animal in dict.fromkeys(recordings['animal'].values)]
    first, *others = held_out.all_recordings()
    assert first is recordings
    assert others == asked


def test_activations_can_be_cached_where_brainscore_keeps_revisions():
    assert_stimulus_identifier_is_cacheable('SimulatedMouse')


class TestModels:
    def test_layers_have_the_sizes_of_the_paper_and_are_rectified(self):
        trunk, image = convolutional_trunk(), torch.rand(1, 3, 64, 64)
        sizes = {}
        for name, module in trunk.named_children():
            image = module(image)
            if name.startswith('conv'):
                sizes[name] = image.numel()
                assert (image >= 0).all()
        assert sizes == {'conv1': 14400, 'conv2': 9408, 'conv3': 3456, 'conv4': 2304, 'conv5': 2304}

    def test_untrained_weights_are_torchvisions_for_the_seed(self):
        from torchvision.models import alexnet
        torch.manual_seed(3)
        expected = alexnet(weights=None).features[10].weight
        state = torch.random.get_rng_state()
        assert torch.equal(convolutional_trunk(3).conv5[0].weight, expected)
        assert torch.equal(torch.random.get_rng_state(), state)

    def test_the_oracle_reads_the_simulations_features_off_the_stimuli(self):
        oracle = load_model('gabor_oracle')
        oracle.start_recording('VISp', time_bins=[(0, 250)])
        features = oracle.look_at(load_area('VISp').attrs['stimulus_set'], number_of_trials=1)
        assert features.values.squeeze() == pytest.approx(simulated_population().features(simulated_scenes()))
