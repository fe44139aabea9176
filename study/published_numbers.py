"""The numbers that Prasad, Manor & Pereira (2022) print."""
from pathlib import Path

import pandas as pd

PAPER = 'paper'  # in place of an estimator of naturalness


def published_numbers() -> pd.DataFrame:
    """All of them: source, quantity, domain, value and sd."""
    return pd.read_csv(Path(__file__).with_name('paper_numbers.csv'))


def published_naturalness() -> pd.DataFrame:
    """Rows as of :func:`~study.naturalness.describe_domains`: domain, naturalness, estimator, p_mean and p_sd."""
    printed = published_numbers()
    rows = printed[printed.quantity == 'naturalness'][['domain', 'value']].rename(columns={'value': 'naturalness'})
    exponent = printed[printed.quantity == 'exponent'].set_index('domain')
    return rows.assign(estimator=PAPER, p_mean=rows.domain.map(exponent.value), p_sd=rows.domain.map(exponent.sd))


def published_by_layer() -> pd.DataFrame:
    """Predictivity by domain, area and layer, as the authors show it: domain, area, layer and paper.

    Of the calcium recordings by the pooled measure, read off a figure of the released code to about 0.003; NaN where
    other points hide it.
    """
    return pd.read_csv(Path(__file__).with_name('paper_layers.csv'))
