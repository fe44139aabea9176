"""What would keep a model from being scored, found without loading anything."""
import os

import pytest

from brainscore_plugin.check import check_identifier, check_recordings, check_scorable
from brainscore_plugin.link import PLUGIN_TYPES, installed_brainscore

MODEL, BENCHMARK = 'pixels64', 'SimulatedMouse.VISp-pls'


@pytest.mark.parametrize(('model', 'benchmark', 'says'), [
    ('alexnet46_untrained', BENCHMARK, 'Did you mean alexnet64_untrained'),
    (MODEL, 'SimulatedMouse.VISx-pls', f'Did you mean {BENCHMARK}'),
])
def test_an_unknown_identifier_names_the_nearest(model, benchmark, says):
    with pytest.raises(LookupError, match=says):
        check_scorable(model, benchmark)


def test_a_plugin_that_is_not_linked_is_told_from_one_that_is_unknown(tmp_path):
    for type_ in PLUGIN_TYPES:
        (tmp_path / type_).mkdir()
    with pytest.raises(LookupError, match="run 'brainscore-mouse link'"):
        check_identifier(tmp_path, 'models', MODEL)
    with pytest.raises(LookupError, match=f"No model 'nothing like it'.*{MODEL}"):
        check_identifier(tmp_path, 'models', 'nothing like it')


def test_absent_recordings_are_named_with_the_commands_that_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINIO_HOME', str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r'deVries2020 are not in .*recordings fetch allen-calcium.* Licence'):
        check_recordings('deVries2020.VISp-pls')
    assert check_recordings(BENCHMARK) is None


def test_a_data_home_that_cannot_be_written_is_found(tmp_path, monkeypatch):
    (tmp_path / 'file').write_text('not a folder')
    monkeypatch.setenv('BRAINIO_HOME', str(tmp_path / 'file' / '.brainio'))
    with pytest.raises(PermissionError, match='set BRAINIO_HOME'):
        check_scorable(MODEL, BENCHMARK)


def test_score_files_that_cannot_be_written_are_told_of_the_view(monkeypatch):
    may = os.access
    place = installed_brainscore().parent
    monkeypatch.setattr(os, 'access', lambda path, mode: path != place and may(path, mode))
    with pytest.raises(PermissionError, match='link --view DIR'):
        check_scorable(MODEL, BENCHMARK)
