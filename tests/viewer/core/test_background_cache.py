"""The latest request is computed, the rest are passed over, and an error is reported once."""
import threading
import time

from napari_viewer.core.background_cache import BackgroundCache


def test_only_the_latest_request_is_computed():
    started, release, made, ready = threading.Event(), threading.Event(), [], []

    def compute(key):
        made.append(key)
        if key == 'slow':
            started.set()
            release.wait(5)
        return key.upper()

    cache = BackgroundCache(compute, ready.append)
    assert cache.get('slow') is None
    started.wait(5)
    assert cache.get('passed over') is None
    assert cache.get('latest') is None
    release.set()
    end = time.monotonic() + 5
    while 'latest' not in ready and time.monotonic() < end:
        time.sleep(.01)
    assert made == ['slow', 'latest']
    assert cache.get('latest') == 'LATEST'
    assert cache.get('slow') == 'SLOW'
    cache.close()


def test_an_error_is_reported_once():
    errors = []
    cache = BackgroundCache(lambda key: 1 / key, on_error=errors.append)
    assert cache.get(0) is None
    assert cache.get(0) is None
    assert len(errors) == 1
    assert cache.get(2) == .5
    cache.close()
