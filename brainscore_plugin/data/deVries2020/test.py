import numpy as np
import pandas as pd
import pytest
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable
from brainscore_vision.data.deVries2020.neuron_selection import SELECTIONS
from brainscore_vision.data.mouse_recordings.neuron_selection import select
from brainscore_vision.data.mouse_recordings.storage import in_storage

RELIABLE, FAIR, UNRELIABLE = .8, .4, .1

# animal, area, neurons, reliability, p_run_mod_ns, p_ns; what each selection leaves is counted by hand beside it
GROUPS = [                                         # nayebi2023  conwell2021  domain_rep
    ('a', 'VISp', 4, RELIABLE, .5, .001),          # 4           4            4
    ('a', 'VISp', 3, RELIABLE, .01, .001),         # -           -            3: running does not count
    ('a', 'VISp', 2, FAIR, .5, .001),              # -           -            2: a has 9
    ('b', 'VISp', 3, RELIABLE, np.nan, .001),      # too few     3            too few: b has 5
    ('b', 'VISp', 2, FAIR, .5, .001),              # -           -            too few
    ('c', 'VISp', 1, RELIABLE, .06, .2),           # too few     1            -: not selective
    ('c', 'VISp', 1, UNRELIABLE, .06, .001),       # -           -            -
    ('c', 'VISp', 1, np.nan, np.nan, np.nan),      # -           -            -
    ('a', 'VISl', 1, RELIABLE, .5, .001),          # 1           1            1
    ('b', 'VISl', 1, RELIABLE, .5, .001),          # 1           1            1: as many as the quantile
    ('c', 'VISam', 2, UNRELIABLE, .5, .001),       # -           -            -
]
# the quantiles of neurons per animal in VISp: of 4, 3, 1 it is 3.5, that is 4; of 9, 5 it is 8
COUNTS = {  # selection -> area -> (neurons, animals)
    'nayebi2023': {'VISam': (0, 0), 'VISl': (2, 2), 'VISp': (4, 1)},
    'conwell2021': {'VISam': (0, 0), 'VISl': (2, 2), 'VISp': (8, 3)},
    'domain_rep': {'VISam': (0, 0), 'VISl': (2, 2), 'VISp': (9, 1)},
    'none': {'VISam': (2, 1), 'VISl': (2, 2), 'VISp': (17, 3)},
}


@pytest.fixture
def neurons():
    rows = [row for *row, n in [(animal, area, reliability, running, p, n)
                                for animal, area, n, reliability, running, p in GROUPS] for _ in range(n)]
    return pd.DataFrame(rows, columns=['animal', 'region', 'reliability', 'p_run_mod_ns', 'p_ns'])


@pytest.mark.parametrize('selection', SELECTIONS)
def test_selections_leave_what_was_counted_by_hand(selection, neurons):
    kept = neurons[select(neurons, SELECTIONS, selection)]
    for area, (n_neurons, n_animals) in COUNTS[selection].items():
        of_area = kept[kept['region'] == area]
        assert (len(of_area), of_area['animal'].nunique()) == (n_neurons, n_animals)


def test_selections_say_what_they_leave(neurons, capsys):
    select(neurons, SELECTIONS, 'nayebi2023')
    table = capsys.readouterr().out
    assert 'Nayebi et al. 2023' in table
    assert table.splitlines()[-1].split() == ['VISp', '4', '1', '17', '3']


def test_an_area_without_neurons_says_so(neurons):
    with pytest.raises(ValueError, match="'nayebi2023' leaves no neuron of VISam"):
        select(neurons, SELECTIONS, 'nayebi2023', 'VISam')


def test_an_unknown_selection(neurons):
    names = 'nayebi2023, conwell2021, domain_rep, none'
    with pytest.raises(ValueError, match=f"no selection of neurons 'nayebi': choose one of {names}"):
        select(neurons, SELECTIONS, 'nayebi')


@pytest.mark.parametrize('identifier', ['deVries2020', 'deVries2020.events'])
@pytest.mark.parametrize('load', [load_dataset, load_stimulus_set])
def test_absent_recordings_say_how_to_get_them(load, identifier, monkeypatch, tmp_path):
    if in_storage(identifier):
        pytest.skip("fetched from Brain-Score's storage, never absent")
    from brainscore_core.supported_data_standards.brainio import fetch
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r'recordings fetch allen-calcium.*150 GB.*CC BY 4\.0.*recordings pack'):
        load(identifier)


def test_the_name_of_the_stimulus_set_can_be_cached():
    assert_stimulus_identifier_is_cacheable('deVries2020')
