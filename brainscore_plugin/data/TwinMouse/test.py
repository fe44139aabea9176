import hashlib

import numpy as np
import pytest
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable
from brainscore_vision.data.simulated_mouse.recording import simulated_scenes
from brainscore_vision.data.TwinMouse.recording import twin_populations
from brainscore_vision.data.TwinMouse.twin import WEIGHTS, Twin, as_input
from PIL import Image


@pytest.fixture(scope='module')
def stimuli():
    return load_stimulus_set('TwinMouse')


@pytest.mark.parametrize('identifier', ['TwinMouse', 'TwinMouse.spikes'])
def test_assembly(identifier, stimuli):
    assembly = load_dataset(identifier)
    assert assembly.attrs['identifier'] == identifier
    assert assembly.shape == (118 * 50, 3 * 200, 1)
    assert np.isfinite(assembly.values).all()
    assert set(assembly['region'].values) == {'VISp'}
    assert {animal: (assembly['animal'].values == animal).sum() for animal in assembly['animal'].values} == {
        f'twin_group_{group}': 200 for group in (1, 2, 3)}
    assert len(set(assembly['unit'].values)) == 600
    assert set(assembly['stimulus_id'].values) == set(stimuli['stimulus_id'])


def test_spikes_are_counts_and_calcium_is_noise_around_them():
    spikes, calcium = load_dataset('TwinMouse.spikes').values, load_dataset('TwinMouse').values
    assert np.array_equal(spikes, np.round(spikes))
    assert spikes.min() == 0
    assert calcium.min() < 0 < np.median(calcium)


def test_scenes_are_grey_and_those_of_no_other_recording(stimuli):
    assert_stimulus_identifier_is_cacheable('TwinMouse')
    assert list(stimuli['stimulus_id']) == [f'twin_scene_{i:03d}' for i in range(118)]
    with Image.open(stimuli.get_stimulus('twin_scene_000')) as image:
        assert (image.mode, image.size) == ('L', (256, 144))
    shown = np.stack([np.asarray(Image.open(stimuli.get_stimulus(i)).resize((16, 16))) for i in stimuli['stimulus_id']])
    others = np.stack([np.asarray(Image.fromarray(scene).resize((16, 16))) for scene in simulated_scenes()])
    across = np.corrcoef(shown.reshape(118, -1), others.reshape(118, -1))[:118, 118:]
    assert np.diag(across).mean() == pytest.approx(0, abs=.1)  # not the same leaves at another size


def test_trials_follow_the_rates():
    population = twin_populations()[1]
    counts = load_dataset('TwinMouse.spikes').values[:, :, 0].reshape(118, 50, 600)
    expected = population.rates() * .25
    assert counts.mean(axis=(0, 1)) == pytest.approx(expected.mean(axis=0), rel=.15, abs=.05)
    truth = np.array([np.corrcoef(counts[:, :, i].mean(axis=1), expected[:, i])[0, 1] for i in range(600)])
    reliability = population.neurons['expected_reliability'].to_numpy()
    assert truth.mean() == pytest.approx(np.sqrt(2 * reliability / (1 + reliability)).mean(), abs=.03)


class TestTwin:
    def test_it_is_small_and_says_whose_it_is(self):
        assert WEIGHTS.stat().st_size < 400_000
        with np.load(WEIGHTS, allow_pickle=False) as file:
            assert 'MIT' in str(file['license'])
            assert 'sinzlab/sensorium' in str(file['source'])
        assert 'MIT License' in WEIGHTS.with_name('LICENSE').read_text()

    def test_layers_are_as_varied_as_in_training(self, stimuli):
        """Batch normalisation stored the variances of its inputs: images that the network knows give about the same."""
        twin, ratios = Twin(), []
        for stimulus_id in stimuli['stimulus_id'][:30]:
            with Image.open(stimuli.get_stimulus(stimulus_id)) as image:
                windows = np.lib.stride_tricks.sliding_window_view((as_input(image) - 113.) / 60, (9, 9))
            kernels = twin._weights['core.features.layer0.conv.weight'][:, 0]
            ratios.append(np.tensordot(kernels, windows, axes=([1, 2], [2, 3])).reshape(64, -1))
        found = np.concatenate(ratios, axis=1).var(axis=1)
        stored = twin._weights['core.features.layer0.norm.running_var']
        assert np.corrcoef(np.log(found), np.log(stored))[0, 1] > .85
        assert np.exp(np.mean(np.log(found / stored))) == pytest.approx(1, abs=.35)

    def test_neurons_answer_differently_to_different_scenes(self):
        outputs = twin_populations()[0].outputs
        assert .5 < np.median(outputs.std(axis=0)) < 1.5
        assert np.abs(np.corrcoef(outputs.T)[np.triu_indices(600, 1)]).mean() < .3

    @pytest.mark.parametrize(('break_it', 'error', 'says'), [
        (lambda path: path.unlink(), FileNotFoundError, 'install it again'),
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), ValueError, 'damaged'),
        (lambda path: path.write_bytes(b''), ValueError, 'damaged'),
        (lambda path: np.savez(path, other=np.ones(2)), ValueError, 'damaged'),
    ], ids=['missing', 'truncated', 'empty', 'other'])
    def test_broken_weights_are_one_clear_error(self, tmp_path, break_it, error, says):
        path = tmp_path / 'twin.npz'
        path.write_bytes(WEIGHTS.read_bytes())
        break_it(path)
        with pytest.raises(error, match=says):
            Twin(path)


def test_the_weights_are_those_that_were_checked():
    """A change of the network changes the recording: raise its version."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        digest = hashlib.sha256(b''.join(file[name].tobytes() for name in sorted(file.files)
                                         if file[name].dtype.kind == 'f')).hexdigest()
    assert digest.startswith('b2c00c443055cdb1')
