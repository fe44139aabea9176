"""Numbers as readers want them."""
from typing import Any

import numpy as np
import pandas as pd


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """A table as text: counts whole, else three decimals, small p in powers of ten, a dash where there is no number."""
    return pd.DataFrame({column: [_text(value, is_p(str(column)), _counts(frame[column])) for value in frame[column]]
                         for column in frame})


def as_markdown(frame: pd.DataFrame) -> str:
    """A table in Markdown, its numbers as :func:`as_text` writes them, zeros at their ends included."""
    return as_text(frame).to_markdown(index=False, disable_numparse=True, stralign='right')


def is_p(column: str) -> bool:
    """Whether a column of that name holds p values; p_mean and p_sd are of exponents."""
    return column == 'p' or column.startswith('p_') and not column.startswith(('p_mean', 'p_sd')) or column.endswith(
        ('_p', ' p'))


def _counts(column: pd.Series) -> bool:
    """Whether a column holds whole numbers, such as counts of which some are missing."""
    known = column.dropna()
    return len(known) > 1 and pd.api.types.is_numeric_dtype(column) and bool((known % 1 == 0).all())


def _text(value: Any, p: bool, whole: bool) -> str:
    if value is None or value is pd.NA or isinstance(value, float) and np.isnan(value):
        return '–'
    if isinstance(value, (bool, np.bool_, str)):
        return str(value)
    if isinstance(value, (int, np.integer)) or float(value).is_integer() and (abs(value) > 1 or whole and not p):
        return f'{int(value):,}'
    return f'{value:.2g}' if p else f'{value:.3f}'
