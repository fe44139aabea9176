"""From published files to a score, where the truth is known: neurons of a simulated population that saw the images.

The caches hold responses of the simulated mouse's neurons, which `gabor_oracle` computes from pixels: packaged, loaded
and scored, these true features must get what the same mapping gets on the neurons' noise-free responses, and random
features nothing.
"""
import re
import runpy
import sys

import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark, load_dataset, load_metric, load_model
from brainscore_vision.data.simulated_mouse.recording import simulated_population
from brainscore_vision.data.simulated_mouse.scenes import SCENE_SIZE, draw_scenes
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities
from brainscore_vision.metrics.noise_corrected_pls.held_out_predictivity import held_out_predictivity
from brainscore_vision.metrics.noise_corrected_pls.predictivity import predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol
from fabricated import allen_calcium, allen_neuropixels, sensorium
from fabricated.images import power_law_images
from PIL import Image

from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.catalogue import published
from brainscore_plugin.recordings.sensorium2022.mice import PUBLIC

pytestmark = pytest.mark.slow
N_SCENES, N_TRIALS = 118, 50
N_ANIMALS, N_NEURONS = 4, 24  # per animal
MEAN_SPIKES = 1.  # of a response
# Fluorescence of a spike, relative to the baseline: a few tenths at most for the indicator of Allen Visual Coding
# (Chen et al. 2013, Nature 499:295); and noise of the measurement
SPIKE_LEVEL, LEVEL_NOISE = .1, .05
RESPONSE_BINS = slice(4, 14)  # of 10 ms: when mouse visual cortex answers to a scene
# Spikes of the Sensorium mice are scaled so that the signal takes some 20 % of the variance of a trial, as there, where
# a trial correlates with the mean of the others at about 0.35
SENSORIUM_GAIN = .25
SENSORIUM_IMAGES = {'n_train': 270, 'n_validation': 30, 'n_test': 40, 'n_trials': 10}


class Truth:
    """The simulated neurons of VISp before images.

    Attributes
    ----------
    features : numpy.ndarray, shape (n_images, 360)
        What `gabor_oracle` sees of the images.
    expected : numpy.ndarray, shape (n_images, 180)
        Expected spikes of each neuron of VISp in 250 ms.
    """

    def __init__(self, images):
        population = simulated_population()
        shown = np.stack([np.asarray(Image.fromarray(image).resize((SCENE_SIZE, SCENE_SIZE), Image.BILINEAR))
                          for image in images])
        of_area = (population.neurons['region'] == 'VISp').to_numpy()
        self.features = population.features(shown)
        # wholly tuned, so that few neurons suffice to see the truth
        self.expected = self.features[:, of_area] * MEAN_SPIKES


def resized(scenes, width, height, how=Image.BILINEAR):
    return np.stack([np.asarray(Image.fromarray(scene).resize((width, height), how)) for scene in scenes])


@pytest.fixture(scope='module')
def home(without_network, tmp_path_factory):
    """A data home of this module's own."""
    home = tmp_path_factory.mktemp('end_to_end') / '.brainio'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, '_local_data_path', str(home))
        yield home


@pytest.fixture(scope='module')
def allen():
    try:
        allen_environment.find_python()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    # the published size, in few greys a side so that it compresses
    return resized(draw_scenes(N_SCENES, 7), 1174, 918, Image.NEAREST)


def of_animals(expected):
    """The neurons of each animal, shape (n_scenes, 1, N_NEURONS), to draw trials from."""
    return np.split(expected[:, None, :N_ANIMALS * N_NEURONS], N_ANIMALS, axis=2)


@pytest.fixture(scope='module')
def calcium(home, allen, tmp_path_factory):
    """Truth and noise-free dF/F of each neuron, in the order of the containers, after packaging."""
    truth, rng, sessions = Truth(allen), np.random.default_rng(0), []
    for animal, expected in enumerate(of_animals(truth.expected)):
        spikes = rng.poisson(expected, (N_SCENES, N_TRIALS, N_NEURONS))
        levels = SPIKE_LEVEL * spikes + LEVEL_NOISE * rng.standard_normal(spikes.shape)
        sessions.append(allen_calcium.Session(500 + animal, 'VISp', 'Cux2-CreERT2', 275, levels,
                                              metrics={'p_run_mod_ns': [.5] * N_NEURONS}))
    cache = allen_calcium.make_calcium_cache(tmp_path_factory.mktemp('calcium'), sessions, allen)
    published('allen-calcium').package(cache)
    # dF/F is relative to the four images before, of neurons that fire more a higher baseline
    before = truth.expected[rng.integers(N_SCENES, size=(2000, 4))]
    baseline = 1 + SPIKE_LEVEL * rng.poisson(before).mean(axis=1)
    return truth.features, (truth.expected * SPIKE_LEVEL * (1 / baseline).mean(axis=0)), 500_000


@pytest.fixture(scope='module')
def neuropixels(home, allen, tmp_path_factory):
    """Truth and expected spikes of each neuron, in the order of the sessions, after packaging."""
    truth, rng, sessions = Truth(allen), np.random.default_rng(1), []
    share = np.zeros(25)
    share[RESPONSE_BINS] = 1 / len(share[RESPONSE_BINS])
    for animal, expected in enumerate(of_animals(truth.expected)):
        spikes = rng.multinomial(rng.poisson(expected, (N_SCENES, N_TRIALS, N_NEURONS)), share)
        units = allen_neuropixels.unit_table(['VISp'] * N_NEURONS, 950_000_000 + 1000 * animal)
        sessions.append(allen_neuropixels.Session(715_000_000 + 1000 * animal, units, np.moveaxis(spikes, -1, 2),
                                                  seed=animal))
    cache = allen_neuropixels.make_neuropixels_cache(tmp_path_factory.mktemp('neuropixels'), sessions, allen)
    published('allen-neuropixels').package(cache)
    return truth.features, truth.expected, 950_000_000


@pytest.fixture(scope='module')
def willeke(home, tmp_path_factory):
    """The images' truth and which of them are whose, after packaging the five mice."""
    n_own = SENSORIUM_IMAGES['n_train'] + SENSORIUM_IMAGES['n_validation']
    n_test = SENSORIUM_IMAGES['n_test']
    noise = power_law_images(2, n_test + n_own * len(PUBLIC), seed=8)  # as many dead leaves would take half a minute
    scenes = np.clip(127 + 50 * noise / noise.std(axis=(1, 2), keepdims=True), 0, 255).astype(np.uint8)
    shown_to_all = resized(scenes, 256, 144)
    truth, rng = Truth(shown_to_all), np.random.default_rng(2)
    cache = tmp_path_factory.mktemp('sensorium')
    for number, mouse in enumerate(PUBLIC):
        tiers, images = sensorium.tiers_and_images(**SENSORIUM_IMAGES, seed=number)
        shown = np.where(images < n_test, images, images + n_own * number)
        expected = SENSORIUM_GAIN * truth.expected[shown][:, 36 * number:36 * (number + 1)]
        sensorium.make_mouse(cache, mouse.key, shown_to_all, shown, tiers, rng.poisson(expected))
    published('sensorium2022').package(cache)
    return truth


@pytest.fixture
def through_the_command_line(home, monkeypatch, capsys):
    """Benchmark -> value and error that Brain-Score's own command prints for the true features."""
    def score(benchmark):
        monkeypatch.setattr(sys, 'argv', ['', 'score', '--model_identifier=gabor_oracle',
                                          f'--benchmark_identifier={benchmark}'])
        capsys.readouterr()
        runpy.run_module('brainscore_vision', run_name='__main__', alter_sys=True)
        printed = capsys.readouterr().out
        return tuple(float(re.search(pattern, printed)[1]) for pattern in (r'\narray\((\S+)\)', r'error:\s+(\S+)'))
    return score


def per_animal(values, animals, signal):
    """Mean over animals of that over neurons, which a ratio of means weights by their signal."""
    counted = np.where(np.isfinite(values), signal, 0)
    return np.mean([np.average(np.nan_to_num(values[animals == animal]), weights=counted[animals == animal])
                    for animal in dict.fromkeys(animals)])


def columns(recordings, first):
    """Which simulated neuron each neuroid is, from its published number."""
    numbers = recordings['neuroid_id'].values.astype(int) - first
    return numbers // 1000 * N_NEURONS + numbers % 1000


@pytest.mark.parametrize(('name', 'kind'), [('deVries2020', 'calcium'), ('Siegle2021', 'neuropixels')])
def test_allen(name, kind, through_the_command_line, request):
    features, noise_free, first = request.getfixturevalue(kind)
    benchmark = load_benchmark(f'{name}.VISp-pls')
    recordings, animals = benchmark.recordings, benchmark.recordings['animal'].values
    assert len(set(animals)) > 1
    noise_free = noise_free[:, columns(recordings, first)]

    alike = np.mean([np.corrcoef(dissimilarities(features), dissimilarities(noise_free[:, animals == animal]))[0, 1]
                     for animal in dict.fromkeys(animals)])
    value, error = through_the_command_line(f'{name}.VISp-rdm')
    print(f'{name}.VISp-rdm: true features {value:.3f} ± {error:.3f}, noise-free {alike:.3f}')
    assert value == pytest.approx(alike, abs=.05)

    # fewer halvings of the trials than the benchmark takes give the same value, less exactly
    benchmark.metric = load_metric('noise_corrected_pls', protocol='quick')
    truth = per_animal(predictivity(features, np.repeat(noise_free[:, None], 2, axis=1), animals,
                                    Protocol(trial_halves=1)).of_neurons(), animals, np.ones(len(animals)))
    score = benchmark(load_model('gabor_oracle'))
    print(f"{name}.VISp-pls: true features {float(score):.3f} ± {score.attrs['error']:.3f}, noise-free {truth:.3f}")
    assert float(score) == pytest.approx(truth, abs=.03)
    assert score.attrs['filter'] == 'nayebi2023'
    chance = benchmark(load_model('random_features'))
    # one draw of features for few neurons of two mice: their spread is that of other draws, not of animals and splits
    responses, _ = images_by_trials(recordings)
    nothing = []
    for seed in range(12):
        features = np.random.default_rng(seed).standard_normal((N_SCENES, 1000))
        found = predictivity(features, responses, animals, Protocol(trial_halves=1)).of_animals(animals)
        nothing.append(np.mean(found))
    print(f"{name}.VISp-pls: random features {float(chance):.3f} ± {chance.attrs['error']:.3f}; 12 other draws "
          f'{np.mean(nothing):.3f}, standard deviation {np.std(nothing, ddof=1):.3f}')
    assert abs(np.mean(nothing)) < 3 * np.std(nothing, ddof=1) / np.sqrt(len(nothing))
    assert abs(float(chance)) < 3 * np.std(nothing, ddof=1)


def test_sensorium(through_the_command_line, willeke):
    value, error = through_the_command_line('Willeke2022.VISp-pls')
    tested, fitted_and_tested = (per_animal(*_on_noise_free(willeke, trained)) for trained in (False, True))
    print(f'Willeke2022.VISp-pls: true features {value:.3f} ± {error:.3f}; their mapping on noise-free responses to '
          f'the test images {tested:.3f}, fitted to noise-free responses as well {fitted_and_tested:.3f}')
    assert value == pytest.approx(tested, abs=2 * error)
    # what the noise of single trials costs the mapping, here of 300 images; with the 4,500 of Sensorium 2022 it is 0.02
    assert tested < fitted_and_tested

    benchmark = load_benchmark('Willeke2022.VISp-pls')
    chance = benchmark(load_model('random_features'))
    print(f"Willeke2022.VISp-pls: random features {float(chance):.3f} ± {chance.attrs['error']:.3f}")
    assert abs(float(chance)) < 2 * chance.attrs['error']


def _on_noise_free(truth, trained) -> tuple:
    """What the mapping gets on noise-free responses to the test images, whose neurons they are, and their signal.

    (n_neurons,) each; the signal is the reliability of half of the trials, which have Poisson noise.
    """
    n_test = SENSORIUM_IMAGES['n_test']
    n_own = SENSORIUM_IMAGES['n_train'] + SENSORIUM_IMAGES['n_validation']
    values, animals, signal = [], [], []
    for number, mouse in enumerate(PUBLIC):
        assembly = load_dataset(mouse.identifier).isel(time_bin=0)
        training = assembly.isel(presentation=np.flatnonzero(assembly['tier'].values != 'test'))
        # the published ids are the row of the image + 1000
        images = np.array([int(name.split('_')[1]) - 1000 for name in training['stimulus_id'].values])
        assert len(images) == n_own
        expected = SENSORIUM_GAIN * truth.expected[:, 36 * number:36 * (number + 1)]
        scale = training.values.std(axis=0)
        test = (expected[:n_test] / scale)[:, None].repeat(2, axis=1)
        train = (expected[images] if trained else training.values) / scale
        values.append(held_out_predictivity(truth.features[images], train, truth.features[:n_test], test,
                                            Protocol(1, 1)).of_neurons())
        animals.append(np.full(36, number))
        shown = expected[:n_test]
        noise = shown.mean(axis=0) / (SENSORIUM_IMAGES['n_trials'] / 2)
        signal.append(shown.var(axis=0) / (shown.var(axis=0) + noise))
    return np.concatenate(values), np.concatenate(animals), np.concatenate(signal)
