"""Tables and figures say what they rest on, and are complete or absent."""
import base64

import pandas as pd
import pytest

from study.findings import Plot, Table
from study.plotting import new_figure
from study.saving import save_plot, save_table, write_file

FRAME = pd.DataFrame({'domain': ['real', 'cremi'], 'p': [1e-5, .5]})


def test_a_table_carries_what_it_rests_on(tmp_path):
    save_table(Table('mine', 'My table', FRAME, 'simulated recordings'), tmp_path)
    assert list(pd.read_csv(tmp_path / 'mine.csv').rests_on) == 2 * ['simulated recordings']
    text = (tmp_path / 'mine.md').read_text()
    assert text.startswith('My table\n')
    assert text.endswith('Not a replication: simulated recordings.\n')


def test_a_replication_is_not_marked(tmp_path):
    save_table(Table('mine', 'My table', FRAME, ''), tmp_path)
    assert pd.read_csv(tmp_path / 'mine.csv').equals(FRAME)
    assert 'Not a replication' not in (tmp_path / 'mine.md').read_text()


def test_a_figure_is_saved_twice_and_shown_as_it_is_saved(tmp_path):
    figure = new_figure(3, 2)
    figure.subplots().plot([1, 2])
    saved = save_plot(Plot('mine', 'My figure', figure, 'simulated recordings'), tmp_path)
    assert base64.b64decode(saved.png) == (tmp_path / 'mine.png').read_bytes()
    assert (tmp_path / 'mine.svg').read_text().rstrip().endswith('</svg>')
    assert 'Not a replication: simulated' in figure.get_supxlabel()


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        write_file(tmp_path / 'mine.csv', 'text, where bytes are due')
    assert not list(tmp_path.iterdir())
