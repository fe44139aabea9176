"""What workers do with models that are not as they should be, in one process."""
import numpy as np
import pytest
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from brainscore_vision.models.alexnet64.model import convolutional_trunk
from rich.console import Console

from brainscore_plugin.sweep import room, workers
from brainscore_plugin.sweep.features import FeatureFolder, features_of_sweep
from brainscore_plugin.sweep.room import check_room
from brainscore_plugin.sweep.tasks import Task

BENCHMARK = 'SimulatedMouse.VISp-pls'
LAYERS = ['conv1', 'conv5', 'conv4']


@pytest.fixture
def describe(monkeypatch):
    """Function that plans the tasks of a network's layers, as a worker does with a registered model."""
    monkeypatch.setattr(workers, '_check_code', lambda *args: None)
    described = {BENCHMARK: workers.describe_benchmark(BENCHMARK, '')}

    def plan(layers='mapped', region_layer_map=None, replace=None):
        network = convolutional_trunk(0)
        if replace:
            network.conv5.forward = replace
        wrapper = PytorchWrapper(network, noise, identifier='odd')
        model = ModelCommitment('odd', wrapper, layers=LAYERS, region_layer_map=region_layer_map)
        monkeypatch.setattr(workers, '_model', lambda identifier: (model, 'digest'))
        return workers.describe_model('odd', '', described, layers)
    return plan


def noise(paths):
    return np.random.default_rng(0).random((len(paths), 3, 64, 64), np.float32)


def layers_of(tasks):
    return [one.task.layer for one in tasks]


class TestModelsWithoutAMap:
    def test_all_layers_are_scored_and_the_middle_one_stands_for_the_area(self, describe):
        tasks, unknown = describe()
        assert layers_of(tasks) == LAYERS
        assert [one.committed for one in tasks] == [False, True, False]
        assert not any(one.mapped for one in tasks)
        assert not unknown

    @pytest.mark.parametrize('region_layer_map', [None, {'IT': 'conv5'}])
    @pytest.mark.parametrize(('asked', 'scored'), [('all', LAYERS), (['conv1'], ['conv1'])])
    def test_layers_that_are_asked_for_are_scored(self, describe, region_layer_map, asked, scored):
        assert layers_of(describe(asked, region_layer_map)[0]) == scored

    def test_a_name_that_is_nearly_one_is_told_so(self, describe):
        _, unknown = describe(['conv_1'])
        assert str(unknown[Task('odd', 'conv_1', BENCHMARK)]) == (
            "odd has no layer 'conv_1'. Did you mean conv1 or conv5 or conv4? It names conv1, conv5, conv4.")


    def test_a_name_that_the_model_gives_and_the_network_lacks_is_not_offered(self, describe, monkeypatch):
        monkeypatch.setitem(globals(), 'LAYERS', ['conv_1', 'conv4'])
        tasks, unknown = describe('all')
        assert layers_of(tasks) == ['conv4']
        assert str(unknown[Task('odd', 'conv_1', BENCHMARK)]) == (
            "odd has no layer 'conv_1'. Did you mean conv4? It names conv4.")


class TestBadLayers:
    @pytest.mark.parametrize('replace', [lambda values: {'values': values}, lambda values: (values, values),
                                         lambda values: values.bfloat16()], ids=['dict', 'tuple', 'bf16'])
    def test_one_has_its_reason_and_the_others_their_features(self, describe, tmp_path, replace):
        described = describe('all', replace=replace)
        measured = workers.measure_layers(described, tmp_path)
        assert measured[Task('odd', 'conv1', BENCHMARK)] == 118 * 14400 * 4
        reason = measured[Task('odd', 'conv5', BENCHMARK)]
        assert str(reason).startswith("layer 'conv5' of odd cannot be recorded: ")
        sound = [one for one in described[0] if isinstance(measured[one.task], int)]
        recorded = workers.record_features(sound, tmp_path / 'features')
        assert list(recorded) == ['conv1', 'conv4']
        assert recorded['conv1'].load().shape == (118, 14400)
        assert np.load(recorded['conv4'].path).dtype == np.float32

    def test_one_without_numbers_fails_by_itself_and_is_named(self, describe, tmp_path):
        tasks, _ = describe(['conv5'], replace=lambda values: values * np.nan)
        recorded = workers.record_features(tasks, tmp_path / 'features')
        with pytest.raises(ValueError, match='not finite'):
            workers.score_task(tasks[0], recorded, tmp_path)

    def test_finished_tasks_are_not_measured(self, describe, tmp_path, monkeypatch):
        described = describe('all')
        monkeypatch.setattr(workers, 'read_summary', lambda task, out: ({}, described[0][0].fingerprint))
        assert list(workers.measure_layers(described, tmp_path)) == [one.task for one in described[0][1:]]


class TestRoom:
    @staticmethod
    def check(describe, tmp_path, size, n_workers=4, local=True):
        tasks, _ = describe('all')
        console = Console(record=True, width=200)
        at_once = check_room([tasks], {one.task: size for one in tasks}, tmp_path, n_workers, local, console)
        return at_once, console.export_text()

    def test_the_need_is_said_beforehand(self, describe, tmp_path):
        at_once, said = self.check(describe, tmp_path, 100_000_000)
        assert 'Features take up to 0.3 GB of the disk, scoring a layer up to 0.4 GB of memory' in said

    def test_no_more_tasks_run_at_a_time_than_memory_holds(self, describe, tmp_path, monkeypatch):
        monkeypatch.setattr(room, 'available_memory_gb', lambda: 1e9 / 1024 ** 3)
        assert self.check(describe, tmp_path, 100_000_000)[0] == 2
        assert '2 of 4 workers at a time' in self.check(describe, tmp_path, 100_000_000)[1]
        assert self.check(describe, tmp_path, 900_000_000)[0] == 1
        assert self.check(describe, tmp_path, 900_000_000, local=False)[0] == 4  # the workers' memory is not known

    def test_a_disk_that_is_too_small_is_an_error_before_anything_is_computed(self, describe, tmp_path):
        with pytest.raises(OSError, match=r'Scoring 3 tasks needs .* MB\. Make room, name a folder on another disk'):
            self.check(describe, tmp_path, 2 ** 50)


def test_what_a_killed_sweep_recorded_is_removed_and_nothing_is_left(tmp_path):
    with features_of_sweep(tmp_path) as folder:
        FeatureFolder(folder / '0').allocate('conv1', (2, 3), np.dtype(np.float32))
        assert len(list(tmp_path.rglob('*.npy'))) == 1
    assert list(tmp_path.iterdir()) == []
