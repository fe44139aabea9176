"""The commands `brainscore-mouse recordings …`."""
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from typer.testing import CliRunner

from brainscore_plugin.command_line import app


@pytest.fixture
def homes(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'mouse'))
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ['recordings', *map(str, arguments)])


def test_list_shows_sizes_licences_and_what_is_here(homes):
    (homes / 'mouse' / 'recordings' / 'allen-calcium').mkdir(parents=True)
    (homes / '.brainio' / 'deVries2020').mkdir(parents=True)
    (homes / '.brainio' / 'deVries2020' / 'deVries2020.json').touch()
    calcium, neuropixels, matrices, antolik, sensorium = run('list').output.split('\n\n')
    for said in ('allen-calcium (deVries2020)', 'de Vries et al. (2020)', '506 sessions', '150 GB', 'CC BY 4.0',
                 'fetched   into', 'packaged  deVries2020'):
        assert said in calcium
    for said in ('allen-neuropixels', '32 sessions', '80 GB', 'fetched   no', 'packaged  no'):
        assert said in neuropixels
    assert 'sensorium2022' in sensorium
    for said in ('antolik2016 (Antolik2016)', '25 MB', 'CC BY 4.0', 'Antolik2016 is part of brainscore-mouse'):
        assert said in antolik
    for said in ('allen-rsm (Conwell2021)', '1 session, about 4 MB', '2 MB packaged', 'none is stated'):
        assert said in matrices


@pytest.mark.parametrize(('arguments', 'message'), [
    (['fetch', 'allen'], "Error: There is no recording 'allen': choose one of allen-calcium"),
    (['package', 'allen-calcium', '--from', 'nowhere'], 'Error: nowhere is not a cache of allen-calcium'),
    (['fetch', 'antolik2016'], 'Error: antolik2016 is not fetched: Antolik2016 is part of brainscore-mouse'),
    (['verify', 'allen-calcium'], 'Error: allen-calcium is not packaged in'),
])
def test_errors_are_one_line(arguments, message, homes):
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.strip().splitlines()) == 1
