"""Several names in one argument."""
import pytest

from brainscore_plugin.comma_separated import comma_separated


@pytest.mark.parametrize(('text', 'names'), [
    ('conv1, conv2', ['conv1', 'conv2']), ('conv1', ['conv1']), (',conv1,, ', ['conv1']), ('', [])])
def test_names_are_told_apart_without_what_is_empty(text, names):
    assert comma_separated(text) == names
