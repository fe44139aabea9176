"""The table of accuracies, as text and as a file."""
import pandas as pd
import pytest

from brainscore_plugin.probe_table import as_text, probe, write_csv


def test_accuracies_are_shown_shortly_and_written_fully(tmp_path):
    accuracies = pd.DataFrame({'model': ['untrained'], 'knn': [1 / 3]})
    assert as_text(accuracies).split() == ['model', 'knn', 'untrained', '0.333']
    write_csv(accuracies, tmp_path / 'accuracies.csv')
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / 'accuracies.csv'), accuracies)


def test_a_domain_that_is_not_prepared_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='domains prepare twigs'):
        probe(['alexnet64_untrained'], ['twigs'], ['pooled'])
