"""Numbers as readers want them."""
import numpy as np
import pandas as pd
import pytest

from study.number_text import as_text, is_p


@pytest.mark.parametrize(('column', 'value', 'text'), [
    ('value', .12345, '0.123'), ('p', .00012345, '0.00012'), ('n_images', 12000., '12,000'), ('value', np.nan, '–'),
    ('value', 1., '1.000'), ('gabor_like', True, 'True'), ('domain', 'real', 'real'), ('n', 1000, '1,000')])
def test_values(column, value, text):
    assert as_text(pd.DataFrame({column: [value]}))[column].item() == text


def test_counts_are_whole_where_some_are_missing():
    table = as_text(pd.DataFrame({'n': [0., 150, np.nan], 'value': [0., .5, 1], 'p': [1., 1, 1]}))
    assert list(table.n) == ['0', '150', '–']
    assert list(table.value) == ['0.000', '0.500', '1.000']
    assert list(table.p) == ['1', '1', '1']


def test_exponents_are_no_p_values():
    assert [column for column in ('p', 'p_mean', 'p_sd', 'p_holm', 'spearman_p', 'smallest p') if is_p(column)] == [
        'p', 'p_holm', 'spearman_p', 'smallest p']
