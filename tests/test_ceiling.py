"""The reliability of a benchmark's neurons, as a table and as a file."""
import errno

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_benchmark
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity

from brainscore_plugin.ceiling import neuron_reliabilities, other_animals, summary, table, write_csv

BENCHMARK = 'SimulatedMouse.VISp-pls'
N_IMAGES, N_TRIALS = 200, 20
NOISE = {'quiet': [1, 2], 'noisy': [10, 20, 40]}  # of each animal's neurons; their signal is 1


@pytest.fixture
def known_noise(monkeypatch):
    """In place of the benchmark, one whose neurons' reliability is known, and a neuron that never fires."""
    noise, rng = np.array([*NOISE['quiet'], *NOISE['noisy'], 0]), np.random.default_rng(0)
    trials = rng.standard_normal((N_IMAGES, 1, 6)) + noise * rng.standard_normal((N_IMAGES, N_TRIALS, 6))
    trials[..., -1] = 0
    animals = [animal for animal in NOISE for _ in NOISE[animal]] + ['noisy']
    recordings = NeuroidAssembly(trials.reshape(-1, 6), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat([f'image_{i}' for i in range(N_IMAGES)], N_TRIALS)),
        'repetition': ('presentation', np.tile(np.arange(N_TRIALS), N_IMAGES)),
        'neuroid_id': ('neuroid', list('abcdef')), 'animal': ('neuroid', animals), 'region': ('neuroid', ['VISp'] * 6)})
    benchmark = MousePredictivity('Known.VISp-pls', 'VISp', 1, lambda: recordings, metric=None, time_bin=(0, 250),
                                  bibtex='')
    monkeypatch.setattr('brainscore_vision.load_benchmark', lambda identifier: benchmark)


def test_neurons_have_the_reliability_of_their_noise(known_noise):
    neurons = neuron_reliabilities([BENCHMARK])
    assert list(neurons['neuroid_id']) == list('abcdef')
    assert list(neurons['animal']) == ['quiet'] * 2 + ['noisy'] * 4
    expected = [1 / (1 + noise ** 2 / N_TRIALS) for noise in (1, 2, 10)]  # signal / (signal + noise of the mean)
    assert list(neurons['reliability'][:3]) == pytest.approx(expected, abs=.1)
    assert neurons['sd'][0] < neurons['sd'][2]
    assert neurons.loc[5, ['reliability', 'sd']].isna().all()


def test_the_table_tells_animals_and_undefined_neurons_apart(known_noise):
    rows = summary(neuron_reliabilities([BENCHMARK])).set_index('animal')
    assert list(rows.index) == ['quiet', 'noisy', 'all']
    assert list(rows['neurons']) == [2, 4, 6]
    assert list(rows['undefined']) == [0, 1, 1]
    assert list(rows['> 0.75']) == pytest.approx([1, 0, 2 / 6])
    lines = table(neuron_reliabilities([BENCHMARK])).splitlines()
    assert len(lines) == 4
    assert lines[-1].split()[2:5] == ['all', '6', '1']
    assert lines[-1].endswith('33%')


def test_shares_are_of_all_neurons_and_quartiles_of_those_defined():
    neurons = pd.DataFrame({'benchmark': 'x', 'region': 'VISp', 'animal': 'a',
                            'reliability': [.2, .4, .6, .8, np.nan]})
    row = summary(neurons).iloc[0]
    assert [row['> 0.3'], row['> 0.5'], row['> 0.75']] == pytest.approx([.6, .4, .2])
    assert [row['lower'], row['median'], row['upper']] == pytest.approx([.35, .5, .65])


def test_an_animal_without_any_defined_neuron_shows_dashes():
    neurons = pd.DataFrame({'benchmark': 'x', 'region': 'VISp', 'animal': 'a', 'reliability': [np.nan]})
    assert ' '.join(table(neurons).splitlines()[1].split()) == 'x VISp a 1 1 - - to - 0% 0% 0%'


def test_several_benchmarks_are_one_table_that_agrees_with_their_ceilings():
    neurons = neuron_reliabilities([BENCHMARK, 'SimulatedMouse.VISl-pls', BENCHMARK])
    assert neurons.groupby('benchmark')['region'].agg(['unique', 'size']).values.tolist() == [
        [['VISl'], 180], [['VISp'], 180]]
    of_area = summary(neurons).query("animal == 'all'").set_index('area')['median']
    for area in ('VISp', 'VISl'):
        ceiling = load_benchmark(f'SimulatedMouse.{area}-pls').ceiling.item()  # mean over halvings of medians
        assert of_area[area] == pytest.approx(ceiling, abs=.01)


def test_other_animals_are_asked_where_they_can_be():
    (line,) = other_animals([BENCHMARK, BENCHMARK, 'SimulatedMouse.VISp-rdm'])
    found = load_benchmark(BENCHMARK).inter_animal_consistency
    assert line.startswith(f'{BENCHMARK}: in the place of a model, all neurons of 2 of the 3 animals get '
                           f'{float(found):.3f}')


def test_an_unknown_benchmark_names_the_nearest():
    with pytest.raises(LookupError, match=f'Did you mean {BENCHMARK}'):
        neuron_reliabilities([BENCHMARK[:-1]])


def test_another_kind_of_benchmark_is_a_clear_error(monkeypatch):
    monkeypatch.setattr('brainscore_vision.load_benchmark', lambda identifier: object())
    with pytest.raises(ValueError, match='not a mouse benchmark'):
        neuron_reliabilities([BENCHMARK])


class TestFile:
    neurons = pd.DataFrame({'benchmark': 'x', 'neuroid_id': ['a', 'b'], 'animal': 'm', 'region': 'VISp',
                            'reliability': [.123456789012, np.nan], 'sd': [.1, np.nan]})

    def test_holds_a_row_a_neuron_in_full_precision(self, tmp_path):
        path = tmp_path / 'neurons.csv'
        path.write_text('older')
        write_csv(self.neurons, path)
        pd.testing.assert_frame_equal(pd.read_csv(path), self.neurons)
        assert list(tmp_path.iterdir()) == [path]

    def test_a_full_disk_leaves_what_was_there(self, tmp_path, monkeypatch):
        def fill_disk(frame, path, **kwargs):
            path.write_text('benchmark,neuroid_id,ani')
            raise OSError(errno.ENOSPC, 'No space left on device')
        monkeypatch.setattr(pd.DataFrame, 'to_csv', fill_disk)
        path = tmp_path / 'neurons.csv'
        path.write_text('older')
        with pytest.raises(OSError, match=r'neurons\.csv cannot be written: No space left on device'):
            write_csv(self.neurons, path)
        assert path.read_text() == 'older'
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize('parent', ['missing', 'a_file'])
    def test_a_folder_that_is_none_is_named(self, tmp_path, parent):
        (tmp_path / 'a_file').touch()
        with pytest.raises(NotADirectoryError, match=f'{parent} is not a folder'):
            write_csv(self.neurons, tmp_path / parent / 'neurons.csv')

    def test_a_folder_is_no_file(self, tmp_path):
        folder = tmp_path / 'folder'
        folder.mkdir()
        with pytest.raises(OSError, match='folder cannot be written: Is a directory'):
            write_csv(self.neurons, folder)
        assert list(tmp_path.iterdir()) == [folder]


def test_published_matrices_have_no_trials_to_be_halved(tmp_path, monkeypatch):
    from brainscore_core.supported_data_standards.brainio import fetch
    from fabricated.similarity_matrices import published_files, write_files

    from brainscore_plugin.recordings.allen_rsm import recording
    write_files(tmp_path)
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    monkeypatch.setattr(recording, 'FILES', published_files(tmp_path))
    recording.Recording().package(tmp_path)
    with pytest.raises(ValueError, match=r'Conwell2021.VISp-rdm has one presentation of each image.* reliability has'):
        neuron_reliabilities(['Conwell2021.VISp-rdm'])
