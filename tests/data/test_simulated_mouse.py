"""The simulated mouse: what its neurons do, and that its files are the same, whole and rebuilt when they are not."""
import dataclasses
import hashlib
import logging
import os
import subprocess
import sys

import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.data.simulated_mouse.population import SCREEN_DEGREES, Population
from brainscore_vision.data.simulated_mouse.recording import RECORDING, SEED, simulated_population, simulated_scenes
from brainscore_vision.data.simulated_mouse.scenes import draw_scenes
from PIL import Image


@pytest.fixture(scope='module')
def population():
    return simulated_population()


@pytest.fixture
def data_home(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    return tmp_path / '.brainio'


def grating(frequency, orientation, phase, size=128, contrast=100.):
    axis = (np.arange(size) + .5) / size * SCREEN_DEGREES - SCREEN_DEGREES / 2
    wave = np.cos(2 * np.pi * frequency * (axis[None] * np.cos(orientation) + axis[:, None] * np.sin(orientation))
                  + phase)
    return np.round(127.5 + contrast * wave).astype(np.uint8)


class TestScenes:
    def test_have_contrast_and_are_8_bit(self):
        scenes = simulated_scenes()
        assert scenes.shape == (118, 128, 128)
        assert scenes.dtype == np.uint8
        assert (scenes / 255).std(axis=(1, 2)).min() > .1
        assert scenes.mean() == pytest.approx(113, abs=5)  # grey levels as in the images of Sensorium 2022
        assert scenes.std() == pytest.approx(60, abs=5)

    def test_a_longer_draw_begins_with_the_shorter_one(self):
        assert np.array_equal(draw_scenes(8, seed=3)[:5], draw_scenes(5, seed=3))

    def test_no_two_have_anything_in_common(self):
        """Coarse versions of two scenes are as unlike as independent ones: their correlations are around 0."""
        coarse = simulated_scenes().reshape(118, 8, 16, 8, 16).mean(axis=(2, 4)).reshape(118, 64)
        correlations = np.corrcoef(coarse)[np.triu_indices(118, 1)]
        assert correlations.mean() == pytest.approx(0, abs=.01)
        # those of 64 places would have a standard deviation of 0.125; leaves over several places leave fewer of them
        assert np.abs(correlations).max() < .7

    def test_their_spectrum_is_that_of_natural_images(self):
        scenes = simulated_scenes() / 255
        hann = np.hanning(128)
        power = np.abs(np.fft.fft2((scenes - scenes.mean(axis=(1, 2), keepdims=True)) * hann * hann[:, None])) ** 2
        cycles = np.hypot(*np.meshgrid(np.fft.fftfreq(128, 1 / 128), np.fft.fftfreq(128, 1 / 128)))
        radial = [power[:, (cycles >= k - .5) & (cycles < k + .5)].mean() for k in range(2, 17)]
        slope = -np.polyfit(np.log(np.arange(2, 17)), np.log(radial), 1)[0]
        assert 1.7 < slope < 2.5


class TestPopulation:
    def test_a_uniform_screen_drives_nobody(self, population):
        assert population.features(np.full((1, 128, 128), 200, np.uint8)) == pytest.approx(0, abs=1e-9)

    @staticmethod
    def of_type(population, cell_type):
        """One whose field lies whole on the screen and holds several cycles."""
        neurons = population.neurons[population.neurons.cell_type == cell_type]
        return ((neurons.x ** 2 + neurons.y ** 2) * 1e-4 + (neurons.spatial_frequency - .08).abs()).idxmin()

    def phases(self, population, i, frequency=1., turn=0., contrast=100., mask=None):
        """Responses of neuron i to eight phases of a grating like its own but for these changes."""
        neuron = population.neurons.loc[i]
        gratings = np.stack([grating(neuron.spatial_frequency * frequency, neuron.orientation + turn, phase,
                                     contrast=contrast) for phase in np.linspace(0, 2 * np.pi, 8, endpoint=False)])
        if mask is not None:
            across = grating(neuron.spatial_frequency, neuron.orientation + np.pi / 2, 0, contrast=mask)
            gratings = (gratings.astype(float) + across - 127.5).astype(np.uint8)
        return population.features(gratings)[:, i]

    @pytest.mark.parametrize('cell_type', ['simple', 'complex'])
    def test_neurons_prefer_their_frequency_and_orientation(self, population, cell_type):
        i = self.of_type(population, cell_type)
        preferred = self.phases(population, i).mean()
        assert preferred > 2 * self.phases(population, i, turn=np.pi / 2).mean()
        assert preferred > self.phases(population, i, frequency=4).mean()
        assert preferred > self.phases(population, i, frequency=1 / 4).mean()

    def test_simple_cells_follow_the_phase_and_complex_ones_do_not(self, population):
        spread = {cell_type: self.phases(population, self.of_type(population, cell_type))
                  for cell_type in ('simple', 'complex')}
        assert spread['complex'].std() < .1 * spread['complex'].mean()
        assert spread['simple'].std() > .8 * spread['simple'].mean()
        assert population.neurons.cell_type.value_counts(normalize=True)['simple'] == pytest.approx(.5, abs=.08)

    def test_neighbours_divide(self, population):
        """Responses saturate with contrast, and a grating that does not drive a neuron suppresses it."""
        i = self.of_type(population, 'complex')
        weak, strong = (self.phases(population, i, contrast=contrast).mean() for contrast in (50, 100))
        assert weak < strong < 3.2 * weak  # 4 without the division
        assert self.phases(population, i, contrast=50, mask=75).mean() < .95 * weak

    def test_mean_rates_differ_more_between_neurons_than_rates_do_between_images(self, population):
        rates = population.rates(simulated_scenes())
        assert np.log(rates.mean(axis=0)).std() == pytest.approx(1, abs=.15)
        assert np.median(rates.mean(axis=0)) == pytest.approx(4, rel=.25)

    def test_higher_area_has_lower_frequencies(self, population):
        medians = population.neurons.groupby('region').spatial_frequency.median()
        assert medians['VISp'] == pytest.approx(.04, rel=.2)
        assert medians['VISl'] < medians['VISp']

    def test_another_seed_is_another_population(self):
        scenes = draw_scenes(40, 0)
        rates = [Population.calibrated(scenes, seed).rates(scenes) for seed in (0, 1)]
        assert not np.allclose(*rates)


    def test_a_neuron_that_nothing_drives_is_a_clear_error(self):
        with pytest.raises(ValueError, match='answer none of the 2 scenes'):
            Population.calibrated(np.full((2, 16, 16), 99, np.uint8), 0)


class TestFiles:
    def test_assembly_holds_the_population(self, population):
        assembly = load_dataset('SimulatedMouse').load()
        assert assembly.sizes == {'presentation': 118 * 50, 'neuroid': 2 * 3 * 60, 'time_bin': 1}
        counts = assembly.values[:, :, 0].reshape(118, 50, 360)
        assert np.array_equal(counts, population.spike_counts(simulated_scenes(), 50, SEED))
        assert list(assembly['neuroid_id'].values) == list(population.neurons.neuroid_id)

    def test_stimuli_are_the_scenes(self):
        stimuli = load_stimulus_set('SimulatedMouse')
        assert stimuli['stimulus_id'][7] == 'simulated_scene_007'
        shown = np.stack([np.asarray(Image.open(stimuli.get_stimulus(i))) for i in stimuli['stimulus_id']])
        assert np.array_equal(shown, simulated_scenes())
        assert '.brainio' in stimuli.get_stimulus('simulated_scene_000').parts

    def test_the_same_bytes_in_every_process(self, data_home, tmp_path):
        code = 'from brainscore_vision.data.simulated_mouse.recording import RECORDING; RECORDING.directory()'
        other = tmp_path / 'other' / '.brainio'
        seed = '2' if os.environ.get('PYTHONHASHSEED') == '1' else '1'  # not the one of this process
        subprocess.run([sys.executable, '-c', code], check=True,
                       env={**os.environ, 'PYTHONHASHSEED': seed, 'BRAINIO_HOME': str(other)})
        RECORDING.directory()
        here, there = ({path.relative_to(home): path.read_bytes() for path in home.rglob('*') if path.is_file()}
                       for home in (data_home, other))
        assert len(here) > 118
        assert here == there

    @pytest.mark.parametrize(('damage', 'says'), [
        (lambda d: (d / 'assy_SimulatedMouse.nc').write_bytes(b'truncated'), 'assy_SimulatedMouse.nc has changed'),
        (lambda d: (d / 'stimulus_SimulatedMouse' / 'simulated_scene_003.png').unlink(),
         'simulated_scene_003.png is missing'),
        (lambda d: (d / 'SimulatedMouse.json').write_text('{'), 'SimulatedMouse.json is damaged'),
    ], ids=['truncated', 'missing', 'sidecar'])
    def test_damage_is_found_and_rebuilt_with_one_line(self, data_home, caplog, damage, says):
        directory = RECORDING.directory()
        sound = {path.name: hashlib.sha1(path.read_bytes()).digest() for path in directory.rglob('*.*')}
        damage(directory)
        with caplog.at_level(logging.WARNING):
            assert RECORDING.directory() == directory
        assert [says in record.message for record in caplog.records] == [True]
        assert {path.name: hashlib.sha1(path.read_bytes()).digest() for path in directory.rglob('*.*')} == sound

    def test_a_changed_recipe_is_another_directory(self, data_home):
        first, second = RECORDING.directory(), dataclasses.replace(RECORDING, seed=1).directory()
        assert first != second
        assert (first / 'assy_SimulatedMouse.nc').read_bytes() != (second / 'assy_SimulatedMouse.nc').read_bytes()

    def test_a_home_that_is_no_folder_is_one_clear_error(self, tmp_path, monkeypatch):
        (tmp_path / 'file').write_text('')
        monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / 'file' / '.brainio'))
        with pytest.raises(OSError, match='set BRAINIO_HOME to another directory'):
            RECORDING.directory()

    def test_a_full_disk_is_one_clear_error_and_leaves_nothing(self, tmp_path):
        # a limit on the size of files fails the writes as a full disk does
        code = ('import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); '
                'resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000)); '
                'from brainscore_vision.data.simulated_mouse.recording import RECORDING; '
                'RECORDING.directory()')
        home = tmp_path / '.brainio'
        run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True,
                             env={**os.environ, 'BRAINIO_HOME': str(home), 'PYTHONDONTWRITEBYTECODE': '1'})
        assert run.returncode != 0
        assert 'Make room or make it writable' in run.stderr.strip().splitlines()[-1]
        assert [path for path in home.iterdir() if path.is_dir()] == []
