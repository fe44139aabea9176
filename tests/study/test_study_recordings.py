"""Which recordings are asked for, and how they are named."""
import pandas as pd
import pytest

from study import recordings
from study.recordings import RECORDINGS, choose_recordings, marked, with_kind


def test_a_recording_is_taken_once():
    assert [recording.name for recording in choose_recordings(['simulated', 'simulated'])] == ['simulated']


@pytest.mark.parametrize(('name', 'benchmark'), [
    ('antolik2016', 'Antolik2016.VISp-rdm'), ('allen-rsm', 'Conwell2021.VISrl-rdm'), ('twin', 'TwinMouse.VISp-pls'),
    ('simulated', 'SimulatedMouse.VISl-pls_pooled')])
def test_recordings_are_scored_by_what_there_is(name, benchmark):
    assert benchmark in RECORDINGS[name].benchmarks
    assert 'Conwell2021.VISp-pls' not in RECORDINGS[name].benchmarks


def test_by_default_all_are_taken_that_are_at_hand_and_real_ones_first(monkeypatch):
    names = [recording.name for recording in choose_recordings()]
    assert {'antolik2016', 'simulated'} <= set(names)  # others, where they are packaged
    kinds = [RECORDINGS[name].kind for name in names]
    assert kinds == sorted(kinds, key=['real', 'twin', 'simulated'].index)
    monkeypatch.setattr(recordings, 'check_recordings', lambda benchmark: (_ for _ in ()).throw(FileNotFoundError))
    assert choose_recordings() == []


def test_tables_and_figures_say_what_is_no_recording():
    assert marked('SimulatedMouse') == 'SimulatedMouse (simulated)'
    assert marked('TwinMouse') == 'TwinMouse (twin)'
    table = with_kind(pd.DataFrame({'recording': ['Antolik2016', 'TwinMouse'], 'area': 'VISp'}))
    assert list(table.columns) == ['recording', 'kind', 'area']
    assert list(table.kind) == ['real', 'twin']
    assert with_kind(table) is table
