"""Finished tables are kept until something that they follow from changes."""
import pandas as pd
import pytest

from study.finished_tables import FinishedTables


class Computation:
    """Counts how often it was asked."""

    times = 0

    def __call__(self):
        self.times += 1
        return pd.DataFrame({'value': [self.times]})


def test_a_finished_table_is_not_computed_again(tmp_path):
    compute = Computation()
    assert [FinishedTables(tmp_path).table('norms', compute, 'weights', 0).value.item() for _ in range(2)] == [1, 1]


def test_it_is_where_anything_that_it_follows_from_has_changed(tmp_path):
    compute = Computation()
    for weights in ('old', 'new'):
        table = FinishedTables(tmp_path).table('norms', compute, weights)
    assert table.value.item() == 2
    assert len(list(tmp_path.iterdir())) == 1  # the outdated one is gone


def test_an_analysis_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        FinishedTables(tmp_path).table('norms', lambda: 1 / 0)
    assert not list(tmp_path.iterdir())
