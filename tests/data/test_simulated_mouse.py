"""The simulated mouse: what its neurons do, and that its files are the same, whole and rebuilt when they are not."""
import hashlib
import logging
import os
import subprocess
import sys

import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.data.simulated_mouse import recording_builder
from brainscore_vision.data.simulated_mouse.population import SCREEN_DEGREES, Population
from brainscore_vision.data.simulated_mouse.recording import simulated_population, simulated_scenes
from brainscore_vision.data.simulated_mouse.scenes import MINIMUM_CONTRAST, cut_scenes
from PIL import Image


@pytest.fixture(scope='module')
def population():
    return simulated_population()


@pytest.fixture
def data_home(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    return tmp_path / '.brainio'


def grating(frequency, orientation, phase, size=128):
    axis = (np.arange(size) + .5) / size * SCREEN_DEGREES - SCREEN_DEGREES / 2
    wave = np.cos(2 * np.pi * frequency * (axis[None] * np.cos(orientation) + axis[:, None] * np.sin(orientation))
                  + phase)
    return np.round(127.5 + 100 * wave).astype(np.uint8)


class TestScenes:
    def test_have_contrast_and_are_8_bit(self):
        scenes = simulated_scenes()
        assert scenes.shape == (118, 128, 128)
        assert scenes.dtype == np.uint8
        assert (scenes / 255).std(axis=(1, 2)).min() >= MINIMUM_CONTRAST
        assert len({scene.tobytes() for scene in scenes}) == 118

    def test_a_longer_draw_begins_with_the_shorter_one(self):
        assert np.array_equal(cut_scenes(8, seed=3)[:5], cut_scenes(5, seed=3))


class TestPopulation:
    def test_a_uniform_screen_drives_nobody(self, population):
        assert not population.rates(np.full((1, 128, 128), 200, np.uint8)).any()

    def test_neurons_prefer_their_frequency_and_orientation_whatever_the_phase(self, population):
        neurons = population.neurons
        # one whose field lies whole on the screen and holds several cycles
        i = ((neurons.x ** 2 + neurons.y ** 2) * 1e-4 + (neurons.spatial_frequency - .08).abs()).idxmin()
        neuron = neurons.loc[i]

        def response(frequency, orientation):
            phases = np.linspace(0, 2 * np.pi, 8, endpoint=False)
            return population.features(np.stack([grating(frequency, orientation, phase) for phase in phases]))[:, i]

        preferred = response(neuron.spatial_frequency, neuron.orientation)
        assert preferred.std() < .05 * preferred.mean()
        assert preferred.mean() > 2 * response(neuron.spatial_frequency, neuron.orientation + np.pi / 2).mean()
        assert preferred.mean() > response(neuron.spatial_frequency * 4, neuron.orientation).mean()
        assert preferred.mean() > response(neuron.spatial_frequency / 4, neuron.orientation).mean()

    def test_mean_rates_differ_more_between_neurons_than_rates_do_between_images(self, population):
        rates = population.rates(simulated_scenes())
        assert np.log(rates.mean(axis=0)).std() == pytest.approx(1, abs=.15)
        assert np.median(rates.mean(axis=0)) == pytest.approx(4, rel=.25)

    def test_higher_area_has_lower_frequencies(self, population):
        medians = population.neurons.groupby('region').spatial_frequency.median()
        assert medians['VISp'] == pytest.approx(.04, rel=.2)
        assert medians['VISl'] < medians['VISp']

    def test_spike_counts_are_poisson(self, population):
        scenes = simulated_scenes()[:20]
        counts = population.spike_counts(scenes, n_trials=400, seed=5)
        expected = population.rates(scenes) * .25
        busy = expected > .05
        assert (counts.mean(axis=1) - expected)[busy] / np.sqrt(expected[busy] / 400) == pytest.approx(0, abs=5.5)
        assert np.mean(counts.var(axis=1)[busy] / expected[busy]) == pytest.approx(1, abs=.02)

    def test_another_seed_is_another_population(self):
        scenes = cut_scenes(10, 0)
        rates = [Population.calibrated(scenes, seed).rates(scenes) for seed in (0, 1)]
        assert not np.allclose(*rates)


class TestFiles:
    def test_assembly_holds_the_population(self, population):
        assembly = load_dataset('SimulatedMouse').load()
        assert assembly.sizes == {'presentation': 118 * 50, 'neuroid': 2 * 3 * 60, 'time_bin': 1}
        counts = assembly.values[:, :, 0].reshape(118, 50, 360)
        assert np.array_equal(counts, population.spike_counts(simulated_scenes(), 50, recording_builder.SEED))
        assert list(assembly['neuroid_id'].values) == list(population.neurons.neuroid_id)

    def test_stimuli_are_the_scenes(self):
        stimuli = load_stimulus_set('SimulatedMouse')
        assert stimuli['stimulus_id'][7] == 'simulated_scene_007'
        shown = np.stack([np.asarray(Image.open(stimuli.get_stimulus(i))) for i in stimuli['stimulus_id']])
        assert np.array_equal(shown, simulated_scenes())
        assert '.brainio' in stimuli.get_stimulus('simulated_scene_000').parts

    def test_the_same_bytes_in_every_process(self, tmp_path):
        code = ('from brainscore_vision.data.simulated_mouse.recording_builder import recording_directory; '
                'import hashlib; '
                "files = [path for path in sorted(recording_directory().rglob('*')) if path.is_file()]; "
                "print(hashlib.sha1(b''.join(path.read_bytes() for path in files)).hexdigest())")
        digests = {subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True, env={
            **os.environ, 'PYTHONHASHSEED': seed, 'BRAINIO_HOME': str(tmp_path / seed / '.brainio')}).stdout
            for seed in ('1', '2')}
        assert len(digests) == 1

    @pytest.mark.parametrize(('damage', 'says'), [
        (lambda d: (d / 'assy_SimulatedMouse.nc').write_bytes(b'truncated'), 'assy_SimulatedMouse.nc has changed'),
        (lambda d: (d / 'stimulus_SimulatedMouse' / 'simulated_scene_003.png').unlink(),
         'simulated_scene_003.png is missing'),
        (lambda d: (d / 'SimulatedMouse.json').write_text('{'), 'SimulatedMouse.json is damaged'),
    ], ids=['truncated', 'missing', 'sidecar'])
    def test_damage_is_found_and_rebuilt_with_one_line(self, data_home, caplog, damage, says):
        directory = recording_builder.recording_directory()
        sound = {path.name: hashlib.sha1(path.read_bytes()).digest() for path in directory.rglob('*.*')}
        damage(directory)
        with caplog.at_level(logging.WARNING):
            assert recording_builder.recording_directory() == directory
        assert [says in record.message for record in caplog.records] == [True]
        assert {path.name: hashlib.sha1(path.read_bytes()).digest() for path in directory.rglob('*.*')} == sound

    def test_a_changed_recipe_is_another_directory(self, data_home, monkeypatch):
        first = recording_builder.recording_directory()
        monkeypatch.setattr(recording_builder, 'SEED', 1)
        second = recording_builder.recording_directory()
        assert first != second
        assert (first / 'assy_SimulatedMouse.nc').read_bytes() != (second / 'assy_SimulatedMouse.nc').read_bytes()

    def test_a_home_that_is_no_folder_is_one_clear_error(self, tmp_path, monkeypatch):
        (tmp_path / 'file').write_text('')
        monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / 'file' / '.brainio'))
        with pytest.raises(OSError, match='set BRAINIO_HOME to another directory'):
            recording_builder.recording_directory()

    def test_a_full_disk_is_one_clear_error_and_leaves_nothing(self, tmp_path):
        # a limit on the size of files fails the writes as a full disk does
        code = ('import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); '
                'resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000)); '
                'from brainscore_vision.data.simulated_mouse.recording_builder import recording_directory; '
                'recording_directory()')
        home = tmp_path / '.brainio'
        run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True,
                             env={**os.environ, 'BRAINIO_HOME': str(home), 'PYTHONDONTWRITEBYTECODE': '1'})
        assert run.returncode != 0
        assert 'Make room or make it writable' in run.stderr.strip().splitlines()[-1]
        assert [path for path in home.iterdir() if path.is_dir()] == []
