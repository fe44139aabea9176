"""The folder of a training run, while it grows."""
import numpy as np
import pandas as pd
import pytest

from napari_viewer.core.training_figure import training_figure
from napari_viewer.core.training_run import TrainingRun


def test_a_run_is_followed(training_run, random_weights):
    run = TrainingRun(training_run)
    assert run.epochs == [0, 1]
    np.testing.assert_array_equal(run.filters(1), random_weights(1)['conv1.weight'].astype(np.float32))
    assert not run.read()
    (training_run / 'metrics.csv').write_text('epoch,loss\n0,5.5\n1,5.1\n2,4.9\n')
    assert run.read()
    assert run.history.loss.iloc[-1] == 4.9
    assert training_figure(run, 1).std() > 5


def test_a_folder_without_snapshots_says_what_to_choose(tmp_path):
    with pytest.raises(FileNotFoundError, match='brainscore-mouse train'):
        TrainingRun(tmp_path)


def test_tables_may_be_missing(training_run):
    for name in ('metrics.csv', 'snapshots.csv'):
        (training_run / name).unlink()
    run = TrainingRun(training_run)
    assert isinstance(run.history, pd.DataFrame)
    assert training_figure(run, 0).std() > 1
