"""One analysis that fails keeps no other from running."""
from types import ModuleType

import pytest

from study.steps import of_each


@pytest.fixture
def analyses():
    first, second = ModuleType('first'), ModuleType('second')
    first.TITLE, second.TITLE = 'First', 'Second'
    return first, second


def test_what_fails_is_said_and_the_rest_is_done(analyses):
    def step(analysis):
        if analysis.TITLE == 'First':
            raise LookupError('there are no models')
        return 5

    found = of_each(analyses, 'tables', step)
    assert found.done == {analyses[1]: 5}
    assert found.failed == ["'First' could not be done: there are no models."]
    assert set(found.seconds) == {'First', 'Second'}


def test_what_nobody_expects_is_not_hidden(analyses):
    with pytest.raises(ZeroDivisionError):
        of_each(analyses, 'tables', lambda _: 1 / 0)
