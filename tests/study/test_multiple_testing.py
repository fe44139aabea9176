"""Corrected p values are those of statsmodels."""
import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from study.multiple_testing import benjamini_hochberg, holm


@pytest.mark.parametrize(('correct', 'method'), [(holm, 'holm'), (benjamini_hochberg, 'fdr_bh')])
def test_corrections_are_those_of_statsmodels_and_leave_out_what_is_undefined(correct, method):
    p = np.array([.01, .5, .04, .002, .9, .03])
    expected = multipletests(p, method=method)[1]
    assert correct(p) == pytest.approx(expected)
    assert correct(np.insert(p, 2, np.nan)) == pytest.approx(np.insert(expected, 2, np.nan), nan_ok=True)
    assert np.isnan(correct([np.nan])).all()
