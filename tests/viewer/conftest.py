"""Small models and images for the viewer, and what its tests wait with."""
import os
import time

import numpy as np
import pytest

pytest.importorskip('napari', reason='the viewer needs the extra "viewer"')
SHAPES = {'conv1': (64, 3, 11, 11), 'conv2': (192, 64, 5, 5), 'conv3': (384, 192, 3, 3), 'conv4': (256, 384, 3, 3),
          'conv5': (256, 256, 3, 3)}  # not imported: that takes PyTorch, before the viewer has prepared for it


@pytest.fixture(scope='session')
def random_weights():
    """Seed -> weights of AlexNet's convolutions, as a file of this project holds them."""
    def draw(seed: int) -> dict:
        rng = np.random.default_rng(seed)
        weights = {}
        for layer, shape in SHAPES.items():
            scale = np.sqrt(2 / np.prod(shape[1:]))
            weights[f'{layer}.weight'] = (rng.standard_normal(shape) * scale).astype(np.float16)
            weights[f'{layer}.bias'] = np.zeros(shape[0], np.float16)
        return weights
    return draw


@pytest.fixture(scope='session')
def weight_files(tmp_path_factory, random_weights) -> list:
    """Three safetensors backbones."""
    from safetensors.numpy import save_file
    folder = tmp_path_factory.mktemp('weights')
    for seed in range(3):
        save_file(random_weights(seed), folder / f'model{seed}.safetensors')
    return [folder / f'model{seed}.safetensors' for seed in range(3)]


@pytest.fixture(scope='session')
def images() -> np.ndarray:
    """Forty images of smooth noise, uint8 (40, 64, 64, 3)."""
    from scipy.ndimage import gaussian_filter
    noise = gaussian_filter(np.random.default_rng(0).standard_normal((40, 64, 64, 3)), (0, 2, 2, 0))
    return np.uint8(np.clip(127 + 300 * noise, 0, 255))


@pytest.fixture
def home(tmp_path, monkeypatch, images):
    """The project's home with two prepared domains."""
    import json
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path))
    for name in ('meadows', 'streets'):
        folder = tmp_path / 'domains' / name
        folder.mkdir(parents=True)
        np.save(folder / 'images.npy', images)
        rows = [f'{name}/{i}.png,{"even" if i % 2 == 0 else "odd"},{i % 2},train' for i in range(len(images))]
        (folder / 'index.csv').write_text('source,class_name,label,split\n' + '\n'.join(rows) + '\n')
        (folder / 'domain.json').write_text(json.dumps(
            {'name': name, 'fingerprint': '0', 'count': len(images), 'recipe': {}, 'licence': 'none'}))
    return tmp_path


@pytest.fixture
def damaged_folder(tmp_path, images):
    """A folder of four images: the second is cut off, the third not square, and the last too small."""
    from PIL import Image
    folder = tmp_path / 'damaged'
    folder.mkdir()
    for i in range(3):
        Image.fromarray(images[i]).resize((64 + 20 * i, 64)).save(folder / f'{i}.png')
    (folder / '1.png').write_bytes((folder / '1.png').read_bytes()[:200])
    Image.fromarray(images[0][:4, :4]).save(folder / '3.png')
    return folder


@pytest.fixture
def sweep(tmp_path):
    """Folder of a sweep of two models and two layers."""
    import pandas as pd

    from brainscore_plugin.sweep.results import write_result
    from brainscore_plugin.sweep.tasks import Task
    for model in ('alexnet64_untrained', 'other'):
        for k, layer in enumerate(('conv1', 'conv2')):
            rows = pd.DataFrame({'animal': ['a', 'b'], 'split': 0, 'value': [.2 + .1 * k, .3],
                                 'animal_value': [.2 + .1 * k, .3], 'raw': .1, 'ceiling': .5,
                                 'n_neurons': 3, 'n_nan': 0, 'seed': 0, 'protocol': 'quick', 'versions': ''})
            summary = {'value': .2 + .05 * k, 'error': .016, 'n_neurons': 6,  # not the mean of the rows
                       'consistency': .177, 'n_animals': 3}
            write_result(Task(model, layer, 'SimulatedMouse.VISp-pls'), tmp_path / 'sweep', rows, summary, '')
    return tmp_path / 'sweep'


@pytest.fixture
def training_run(tmp_path, weight_files):
    """Folder of a training run after one epoch, as 'brainscore-mouse train' leaves it."""
    folder = tmp_path / 'run'
    (folder / 'snapshots').mkdir(parents=True)
    for epoch in (0, 1):
        (folder / 'snapshots' / f'epoch_{epoch:05d}.safetensors').write_bytes(weight_files[epoch].read_bytes())
    (folder / 'snapshots.csv').write_text('epoch,pairs,knn\n0,0,0.1\n1,640,0.2\n')
    (folder / 'metrics.csv').write_text('epoch,loss,learning_rate,pairs_per_s,seconds\n0,5.5,0.1,100,6.4\n')
    return folder


@pytest.fixture
def viewer(make_napari_viewer):
    """A napari viewer with a real window where there is a display."""
    if not os.environ.get('DISPLAY'):
        pytest.skip('needs a display: xvfb-run -a -s "-screen 0 1600x1000x24" python -m pytest tests/viewer')
    return make_napari_viewer(show=True)


@pytest.fixture
def until(qtbot):
    """Wait until a condition holds."""
    return lambda condition, timeout=600000: qtbot.waitUntil(lambda: bool(condition()), timeout=timeout)


@pytest.fixture
def notifications():
    """Texts of the notifications that are shown."""
    from napari.utils.notifications import notification_manager
    texts = []

    def keep(notification):
        texts.append(notification.message)

    notification_manager.notification_ready.connect(keep)
    yield texts
    notification_manager.notification_ready.disconnect(keep)


class Watchdog:
    """The work between two turns of the event loop, in seconds of this thread's processor time.

    Time on the clock would count what other processes of a busy machine do.
    """

    def __init__(self, qtbot):
        from qtpy.QtCore import QTimer
        self._qtbot, self._timer = qtbot, QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._turn)
        self.gaps = []

    def _turn(self):
        now = time.thread_time()
        self.gaps.append(now - self._last)
        self._last = now

    def __enter__(self):
        self._last = time.thread_time()
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._timer.stop()


@pytest.fixture
def blocked(qtbot):
    """Steps -> the longest work between two turns of the event loop that each makes, in s: the median over steps."""
    watchdog = Watchdog(qtbot)

    def measure(steps: list) -> float:
        longest = []
        for step in steps * 2:
            with watchdog:
                step()
                qtbot.wait(150)
            longest.append(max(watchdog.gaps))
            watchdog.gaps.clear()
        print([round(1000 * seconds) for seconds in longest], 'ms')
        # drawing in software on a shared machine has outliers; the step itself has not
        return np.median(longest)

    return measure


@pytest.fixture
def filter_dock(viewer, weight_files, until):
    """The filters of two models."""
    from napari_viewer.docks import open_dock
    dock = open_dock(viewer, 'filters')
    dock.picker.tick(*weight_files[:2])
    until(lambda: len(dock.state.networks) == 2)
    return dock


@pytest.fixture
def activation_dock(filter_dock, images, until):
    """The activations of two models by forty images."""
    from napari_viewer.core.image_sets import from_array
    from napari_viewer.docks import open_dock
    dock = open_dock(filter_dock.viewer, 'activations')
    filter_dock.state.set_images(from_array(images))
    until(lambda: dock.features and not dock.worker_bar.busy)
    return dock
