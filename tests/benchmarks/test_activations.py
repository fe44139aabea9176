"""Features straight off the network are those that Brain-Score's own way gives."""
import functools
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_model, load_stimulus_set
from brainscore_vision.benchmarks.mouse_predictivity import activations
from brainscore_vision.benchmarks.mouse_predictivity.activations import in_memory, layer_features, measure_layers
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper, load_preprocess_images
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from PIL import Image
from torch import nn

TIME_BIN = (0, 250)


class Network(nn.Module):
    """A convolution, a nested block with rectification in place, and a readout."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.block = nn.Sequential(nn.Conv2d(4, 5, 3), nn.ReLU(inplace=True))
        self.readout = nn.Linear(5 * 12 * 12, 7)
        self.unused = nn.Linear(2, 2)

    def forward(self, images):
        return self.readout(self.block(self.conv(images)).flatten(1))


def commitment(layers=('readout', 'block', 'conv'), wrapper_class=PytorchWrapper, batch_size=4):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Network()
    preprocessing = functools.partial(load_preprocess_images, image_size=16)
    wrapper = wrapper_class(identifier='small', model=network, preprocessing=preprocessing, batch_size=batch_size)
    return ModelCommitment('small', wrapper, layers=list(layers), region_layer_map={'VISp': list(layers)})


@pytest.fixture
def stimuli(tmp_path):
    """Eleven images of several shapes and modes; no batch of four divides them."""
    rng = np.random.default_rng(0)
    paths = {}
    for i in range(11):
        shape = [(16, 16, 3), (20, 31, 3), (33, 18)][i % 3]
        paths[f'image_{i}'] = tmp_path / f'{i}.png'
        Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(paths[f'image_{i}'])
    return stimulus_set(paths)


def stimulus_set(paths):
    stimuli = StimulusSet({'stimulus_id': list(paths), 'number': range(len(paths))})
    stimuli.stimulus_paths = paths
    stimuli.identifier = None
    return stimuli


def straight(model, stimuli, **kwargs):
    return layer_features(model, stimuli, 'VISp', TIME_BIN, number_of_trials=1, **kwargs)


def looked_at(model, stimuli):
    model.start_recording('VISp', time_bins=[TIME_BIN])
    return model.look_at(stimuli, number_of_trials=1)


def check_same(features, assembly):
    """Each layer of ours is that layer's neuroids of Brain-Score's, in its order of presentations and neuroids."""
    assert set(features) == set(assembly['layer'].values)
    for layer, values in features.items():
        expected = assembly.isel(neuroid=np.flatnonzero(assembly['layer'].values == layer))
        assert list(values['stimulus_id'].values) == list(expected['stimulus_id'].values)
        assert list(values['neuroid_num'].values) == list(expected['neuroid_num'].values)
        assert set(values['layer'].values) == {layer}
        expected = expected.transpose('presentation', 'neuroid').values
        assert np.abs(values.values - expected).max() <= 1e-6 * np.abs(expected).max()
        assert values.dtype == expected.dtype


@pytest.fixture
def no_look_at(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError('went through Brain-Score\'s extractor')
    monkeypatch.setattr(PytorchWrapper, '__call__', refuse)


class TestSameAsLookAt:
    def test_alexnet64(self):
        model, stimuli = load_model('alexnet64_untrained'), load_stimulus_set('SimulatedMouse')
        stimuli.identifier = None
        check_same(straight(model, stimuli), looked_at(model, stimuli))

    @pytest.mark.parametrize('batch_size', [1, 4, 11, 64])
    def test_any_batch_size_and_layers_of_any_shape(self, stimuli, batch_size):
        model = commitment(batch_size=batch_size)
        check_same(straight(model, stimuli), looked_at(model, stimuli))

    def test_repeated_images(self, stimuli):
        paths = list(stimuli.stimulus_paths.values())
        repeated = stimulus_set({f'shown_{i}': paths[j] for i, j in enumerate([3, 0, 3, 7, 1, 0, 3])})
        features = straight(commitment(), repeated)
        check_same(features, looked_at(commitment(), repeated))
        assert (features['conv'].values[0] == features['conv'].values[6]).all()
        assert (features['conv'].values[0] != features['conv'].values[1]).any()


class TestLayers:
    def test_come_in_the_order_of_the_map(self, stimuli):
        assert list(straight(commitment(), stimuli)) == ['readout', 'block', 'conv']

    def test_asked_for_come_in_that_order(self, stimuli):
        features = straight(commitment(), stimuli, layers=['block.0', 'readout'])
        assert list(features) == ['block.0', 'readout']
        assert features['block.0'].shape == (11, 5 * 12 * 12)

    def test_an_absent_one_is_named_beside_those_there_are(self, stimuli):
        with pytest.raises(ValueError, match=r"small has no layer 'block\.9'\. Its layers: conv, block, block\.0, "
                                             r'block\.1, readout, unused\.'):
            straight(commitment(['conv', 'block.9']), stimuli)

    def test_one_that_images_do_not_pass_is_named(self, stimuli):
        with pytest.raises(ValueError, match="'unused', but images do not pass"):
            straight(commitment(['conv', 'unused']), stimuli)

    def test_cannot_be_asked_of_a_model_that_is_no_commitment(self, stimuli):
        with pytest.raises(ValueError, match='not a ModelCommitment'):
            straight(commitment().layer_model, stimuli, layers=['conv'])


class TestWays:
    def test_a_plain_model_takes_the_short_one(self, stimuli, no_look_at):
        assert straight(commitment(), stimuli)['conv'].shape == (11, 4 * 14 * 14)

    def test_each_image_is_decoded_and_seen_once(self, stimuli):
        model = commitment(batch_size=4)
        extractor, decoded, seen = model.activations_model._extractor, [], []
        preprocess, get_activations = extractor.preprocess, extractor.get_activations

        def counted_preprocess(paths):
            decoded.extend(paths)
            return preprocess(paths)

        def counted_activations(images, layers):
            seen.append(len(images))
            return get_activations(images, layers)
        extractor.preprocess, extractor.get_activations = counted_preprocess, counted_activations
        straight(model, stimuli)
        assert decoded == [str(path) for path in stimuli.stimulus_paths.values()]
        assert seen == [4, 4, 3]

    def test_hooks_of_batches_take_part(self, stimuli):
        model = commitment()
        plain = straight(model, stimuli)
        handle = model.activations_model.register_batch_activations_hook(
            lambda batch: type(batch)((layer, 2 * values) for layer, values in batch.items()))
        hooked = straight(model, stimuli)
        assert list(hooked) == list(plain)  # Brain-Score's order is that of the network
        assert hooked['conv'].values == pytest.approx(2 * plain['conv'].values, rel=1e-5)
        handle.remove()
        assert (straight(model, stimuli)['conv'].values == plain['conv'].values).all()

    def test_hooks_of_stimuli_take_part(self, stimuli):
        model = commitment()
        plain = straight(model, stimuli, layers=['conv'])
        model.activations_model.register_stimulus_set_hook(lambda shown: shown[::-1])
        assert straight(model, stimuli, layers=['conv'])['conv'].values == pytest.approx(
            plain['conv'].values[::-1], rel=1e-5, abs=1e-6)

    def test_a_wrapper_with_a_call_of_its_own_is_called(self, stimuli):
        class WithoutFirst(PytorchWrapper):
            def __call__(self, *args, **kwargs):
                return super().__call__(*args, **kwargs).isel(neuroid=slice(1, None))
        features = straight(commitment(['readout'], WithoutFirst), stimuli)
        assert list(features['readout']['neuroid_num'].values) == [1, 2, 3, 4, 5, 6]

    def test_a_commitment_with_a_look_of_its_own_is_asked(self, stimuli):
        class Twice(ModelCommitment):
            def look_at(self, *args, **kwargs):
                return 2 * super().look_at(*args, **kwargs)
        plain = commitment(['conv'])
        model = Twice('small', plain.activations_model, layers=['conv'], region_layer_map={'VISp': 'conv'})
        assert straight(model, stimuli)['conv'].values == pytest.approx(2 * straight(plain, stimuli)['conv'].values,
                                                                        rel=1e-5, abs=1e-6)


@pytest.mark.parametrize('content', [b'', b'\x89PNG\r\n\x1a\n', 'cut'])
def test_a_damaged_image_is_named(stimuli, content):
    path = Path(stimuli.stimulus_paths['image_9'])
    path.write_bytes(path.read_bytes()[:-60] if content == 'cut' else content)
    with pytest.raises(ValueError, match=r'9\.png cannot be read as an image'):
        straight(commitment(), stimuli)


def test_an_image_that_is_not_there_is_named(stimuli):
    Path(stimuli.stimulus_paths['image_9']).unlink()
    with pytest.raises(FileNotFoundError, match='9.png'):
        straight(commitment(), stimuli)


class TestMeasuring:
    def test_one_image_tells_how_many_features_each_layer_has(self, stimuli):
        assert measure_layers(commitment(), stimuli, 'VISp', TIME_BIN, ['readout', 'conv']) == {
            'readout': 7, 'conv': 4 * 14 * 14}

    @pytest.mark.parametrize('wrapper', [PytorchWrapper, type('Other', (PytorchWrapper,), {
        '__call__': lambda self, *args, **kwargs: PytorchWrapper.__call__(self, *args, **kwargs)})])
    def test_a_layer_that_cannot_be_recorded_keeps_its_error_to_itself(self, stimuli, wrapper):
        model = commitment(['conv', 'readout'], wrapper)
        model.activations_model._model.readout.forward = lambda values: {'values': values}
        measured = measure_layers(model, stimuli, 'VISp', TIME_BIN, ['readout', 'conv', 'conv9'])
        assert list(measured) == ['readout', 'conv', 'conv9']
        assert measured['conv'] == 4 * 14 * 14
        assert "no attribute 'cpu'" in str(measured['readout'])
        assert isinstance(measured['conv9'], Exception)

    def test_a_layer_without_features_is_told(self, stimuli):
        """No file can be mapped for it, and no metric has anything to go by."""
        model = commitment(['conv', 'readout'])
        model.activations_model._model.readout.forward = lambda values: values[:, :0]
        measured = measure_layers(model, stimuli, 'VISp', TIME_BIN, ['conv', 'readout'])
        assert (measured['conv'], str(measured['readout'])) == (4 * 14 * 14, 'it has no features')

    def test_nothing_is_stored_under_the_name_of_the_images(self, stimuli):
        stimuli.identifier = 'SimulatedMouse'
        measure_layers(commitment(), stimuli, 'VISp', TIME_BIN, ['conv'])
        assert stimuli.identifier == 'SimulatedMouse'
        assert len(straight(commitment(), stimuli)['conv']) == 11


class TestWhereFeaturesAreKept:
    def test_they_are_written_where_they_belong_batch_by_batch(self, stimuli, tmp_path):
        asked = {}

        def allocate(layer, shape, dtype):
            asked[layer] = np.lib.format.open_memmap(tmp_path / f'{layer}.npy', 'w+', dtype, shape)
            return asked[layer]
        kept = layer_features(commitment(), stimuli, 'VISp', TIME_BIN, 1, ['conv'], allocate)
        assert np.shares_memory(kept['conv'].values, asked['conv'])
        assert (np.load(tmp_path / 'conv.npy') == straight(commitment(), stimuli)['conv'].values).all()

    def test_large_ones_are_on_the_disk_and_the_same(self, stimuli, monkeypatch):
        expected = straight(commitment(), stimuli)['conv'].values
        assert not isinstance(in_memory('conv', (2, 3), np.dtype(np.float32)), np.memmap)
        monkeypatch.setattr(activations, 'LARGE_SHARE', 0)
        assert isinstance(in_memory('conv', (2, 3), np.dtype(np.float32)), np.memmap)
        assert (straight(commitment(), stimuli)['conv'].values == expected).all()

    def test_a_disk_without_the_room_is_an_error_and_nothing_of_it_is_taken(self, tmp_path, monkeypatch):
        monkeypatch.setattr(shutil, 'disk_usage', lambda folder: SimpleNamespace(free=999))
        with (tmp_path / 'large').open('w+b') as file:
            with pytest.raises(OSError, match='No space left'):
                activations.reserve(file, 1000)
            assert file.seek(0, 2) == 0
            activations.reserve(file, 999)
            assert file.seek(0, 2) == 999

    def test_half_precision_becomes_single(self, stimuli):
        model = commitment(['conv'])
        model.activations_model._model.half()
        if torch.cuda.is_available():
            pytest.skip('on a GPU')
        assert straight(model, stimuli)['conv'].dtype == np.float32
