"""The numbers of the paper."""
from study.published_numbers import published_naturalness, published_numbers


def test_the_papers_numbers_are_those_of_its_table():
    numbers = published_numbers()
    table = numbers[numbers.source == 'Table 1']
    assert table.groupby('quantity').size().tolist() == [8, 8, 8, 8]
    assert table[table.domain == 'cremi'].value.tolist() == [-1.453, .219, .614, .129]
    assert numbers.value.notna().all()


def test_naturalness_comes_with_the_exponent_where_it_is_printed():
    table = published_naturalness()
    assert set(table) == {'domain', 'naturalness', 'estimator', 'p_mean', 'p_sd'}
    assert len(table) == 8
    assert set(table.estimator) == {'paper'}
