"""The Neuropixels recordings as Brain-Score loads them, and the neurons that each selection leaves, counted by hand."""
import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.data.mouse_recordings.neuron_selection import select
from brainscore_vision.data.Siegle2021.neuron_selection import BIN_RELIABILITIES, SELECTIONS, nayebi2023
from brainscore_vision.data.Siegle2021.recording import load_recordings

from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.packaged_folder import packaged_folder


def units(region, animal, reliabilities, p=.5):
    """Units whose reliability is that of the list in the bin at 50 ms and 0 in the others."""
    table = pd.DataFrame({'region': region, 'animal': animal, 'run_pval_ns': p}, index=range(len(reliabilities)))
    return table.assign(**{**dict.fromkeys(BIN_RELIABILITIES, 0.), 'reliability_50ms': reliabilities})


class TestNayebi2023:
    @staticmethod
    def kept(*groups):
        table = pd.concat(groups, ignore_index=True)
        return nayebi2023(table).tolist()

    def test_needs_a_reliability_of_a_half_in_some_bin(self):
        assert self.kept(units('VISp', 'a', [.5, .49, np.nan, .9])) == [True, False, False, True]

    def test_running_must_not_modulate_or_not_have_been_tested(self):
        table = units('VISp', 'a', [.8] * 4, p=[.05, .051, np.nan, .001])
        assert nayebi2023(table).tolist() == [False, True, True, False]

    def test_the_median_of_an_animals_units_must_reach_0_3_in_one_bin(self):
        # each of the three is reliable, but in a bin of its own, so that no bin's median is
        apart = units('VISp', 'a', [0, 0, .8])
        apart.loc[0, 'reliability_60ms'], apart.loc[1, 'reliability_70ms'] = .8, .8
        together = units('VISp', 'b', [.8, .8, .8])
        assert self.kept(apart, together) == [False] * 3 + [True] * 3

    def test_animals_below_the_75th_percentile_are_left_out_area_by_area(self):
        # VISp: 1, 2, 3 and 4 units, whose 75th percentile is 3.25, rounded up 4; VISl: one animal with one unit
        groups = [units('VISp', f'mouse{n}', [.7] * n) for n in (1, 2, 3, 4)]
        assert self.kept(*groups, units('VISl', 'mouse1', [.7])) == [False] * 6 + [True] * 4 + [True]

    def test_units_that_fail_do_not_count_for_the_percentile(self):
        assert self.kept(units('VISp', 'a', [.7, .7]), units('VISp', 'b', [.7] + [.1] * 9)) == [True, True] + [
            False] * 10


def test_conwell2021_says_that_it_is_not_for_spikes():
    with pytest.raises(ValueError, match='deVries2020.*Choose nayebi2023 or none'):
        select(units('VISp', 'a', [.9]), SELECTIONS, 'conwell2021')


def test_domain_rep_leaves_the_units_of_nayebi2023():
    table = pd.concat([units('VISp', 'a', [.6, .2]), units('VISp', 'b', [.9])], ignore_index=True)
    assert select(table, SELECTIONS, 'domain_rep').tolist() == nayebi2023(table).tolist()


def test_none_leaves_all():
    assert select(units('VISp', 'a', [np.nan, .1]), SELECTIONS, 'none').all()


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """Two sessions of two units: counts in the window and in bins; returns the counts (images, trials, units, bins)."""
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    spikes = np.random.default_rng(0).poisson(.3, (118, 50, 4, 25)).astype(np.float32)
    spikes[2, 49, :2] = np.nan
    table = pd.concat([units('VISp', 'a', [.9, .9]), units('VISl', 'b', [.9, .1])], ignore_index=True)
    table = table.assign(neuroid_id=['1', '2', '3', '4'], session_id=['10', '10', '20', '20'])
    scenes = pd.DataFrame({'stimulus_id': [f'allen_ns_{i:03d}' for i in range(118)], 'image_number': range(118)})
    of_bins = [(10 * i, 10 * i + 10) for i in range(25)]
    for identifier, bins, counts in [('Siegle2021', [(0, 250)], spikes.sum(axis=3)),
                                     ('Siegle2021.binned', of_bins, spikes)]:
        with packaged_folder(identifier, {}) as layout:
            if identifier == 'Siegle2021':
                write_stimuli(layout, scenes, [np.full((6, 8), i, np.uint8) for i in range(118)])
            with AssemblyWriter(layout.assembly, image_trials(scenes['stimulus_id'], 50), bins) as writer:
                for session in (slice(0, 2), slice(2, 4)):
                    writer.append(counts[:, :, session], table[session])
    return spikes


class TestLoading:
    def test_window(self, packaged):
        assembly = load_dataset('Siegle2021')
        assert np.array_equal(assembly.values[:, :, 0].reshape(118, 50, 4), packaged.sum(axis=3), equal_nan=True)
        assert assembly['stimulus_id'].values[50] == 'allen_ns_001'
        assert assembly['image_number'].values[50] == 1
        assert (assembly['time_bin_start'].item(), assembly['time_bin_end'].item()) == (0, 250)
        assert assembly.attrs['stimulus_set'].identifier == load_stimulus_set('Siegle2021').identifier == 'Siegle2021'

    def test_bins(self, packaged):
        assembly = load_dataset('Siegle2021.binned')
        assert np.array_equal(assembly.values.reshape(118, 50, 4, 25), packaged, equal_nan=True)
        assert assembly.attrs['stimulus_set_identifier'] == 'Siegle2021'

    def test_an_area_and_a_selection(self, packaged, capsys):
        assembly = load_recordings('VISl', 'nayebi2023')
        assert list(assembly['neuroid_id'].values) == ['3']
        printed = capsys.readouterr().out
        assert "Selection 'nayebi2023' (Nayebi et al. 2023" in printed
        assert printed.splitlines()[-1].split() == ['VISl', '1', '1', '2', '1']

    def test_an_area_without_units_is_a_clear_error(self, packaged):
        with pytest.raises(ValueError, match="No neurons of 'VISrl' were recorded"):
            load_recordings('VISrl')
