"""Work in the background: progress, replacing, cancelling and errors."""
import time

import pytest

from napari_viewer.widgets.worker_bar import WorkerBar


@pytest.fixture
def bar(qtbot):
    bar = WorkerBar()
    qtbot.addWidget(bar)
    return bar


def slowly(values):
    def work():
        for value in values:
            yield value
            time.sleep(.02)
    return work


def test_values_arrive_in_order_and_then_the_end(bar, until):
    heard = []
    bar.run('Counting', slowly(range(3)), 3, heard.append, lambda: heard.append('end'))
    assert bar.busy
    until(lambda: not bar.busy)
    assert heard == [0, 1, 2, 'end']
    assert not bar.isVisible()


def test_a_worker_that_is_replaced_or_cancelled_is_not_heard(bar, until, qtbot):
    heard = []
    bar.run('Old', slowly(range(100)), 100, lambda value: heard.append('old'), lambda: heard.append('old'))
    bar.run('New', slowly('ab'), 2, heard.append)
    until(lambda: not bar.busy)
    bar.run('Cancelled', slowly(range(100)), 100, lambda value: heard.append('cancelled'))
    bar.cancel()
    qtbot.wait(100)
    assert heard == ['a', 'b']
    assert not bar.busy


@pytest.mark.parametrize('kind', [ValueError, RuntimeError])  # superqt takes the latter for a closed window
def test_errors_are_notifications(bar, until, notifications, kind):
    heard = []

    def fail():
        yield
        raise kind('No weights there: choose a file.')

    bar.run('Failing', fail, 1, on_returned=lambda: heard.append('end'))
    until(lambda: not bar.busy)
    assert notifications == ['No weights there: choose a file.']
    assert not heard
    assert not bar.isVisible()


def test_what_other_packages_warn_their_developers_of_is_no_notification(bar, until, notifications):
    import warnings

    def warn():
        yield warnings.warn('will change', FutureWarning, stacklevel=2)

    bar.run('Warning', warn, 1)
    until(lambda: not bar.busy)
    assert notifications == []
