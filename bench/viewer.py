"""How fast the napari viewer answers: python bench/viewer.py [--images N]

It needs a display: xvfb-run -a -s "-screen 0 1600x1000x24" python bench/viewer.py
Latencies run from the call that a key, slider or click makes to the frame that shows the result; 'waits' is the longest
time that the window's thread was kept from its event loop, 'work' the processor time of that thread between two
turns of it, which other processes do not lengthen. Memory is without the pages of the images' file.
"""
import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
if Path(sys.path[0]) == Path(__file__).parent:
    del sys.path[0]  # scripts beside this one have the names of packages
STEPS = 15
MODELS = 8
IMAGES = 118  # that models see
ROWS = 200  # of the sheet of many images, to scroll through
PAUSE = 1.  # factor of the pauses after which nothing is drawn any more
PATIENCE = 600  # s, after which nothing is expected any more


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--images', type=int, default=100_000, help='of the set that is browsed')
    parser.add_argument('--tiny', action='store_true', help='few images and models: to see that the script runs')
    chosen = parser.parse_args()
    if chosen.tiny:
        chosen.images = 2000
        shrink()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        rows = [*bench.bare(), *bench.opening(), *bench.filters(), *bench.activations(), *bench.neurons(),
                *bench.matrices(), *bench.browsing(chosen.images)]
        bench.viewer.close()
    load = ' '.join(f'{value:.1f}' for value in os.getloadavg())
    print(f'{os.cpu_count()} cores, load average {load}')
    print(f'{"what":58} {"goal":>8} {"median":>8} {"worst":>8} {"waits":>8} {"work":>8} {"x bare":>7}')
    bare = float(rows[0][2].split()[0])
    for what, goal, median, worst, waits, work in rows:
        ratio = f'{float(median.split()[0]) / bare:.1f}' if waits else ''
        print(f'{what:58} {goal:>8} {median:>8} {worst:>8} {waits:>8} {work:>8} {ratio:>7}')


def shrink() -> None:
    """Take so few steps, models and images, one after the other, that their times say nothing."""
    global STEPS, MODELS, IMAGES, ROWS, PAUSE
    STEPS, MODELS, IMAGES, ROWS, PAUSE = 2, 2, 12, 10, .05


def _always() -> bool:
    return True


class Bench:
    """A viewer with its own models, and clocks on its frames and its event loop."""

    def __init__(self, folder: Path):
        import napari
        from qtpy.QtCore import QTimer
        from qtpy.QtWidgets import QApplication
        self.folder, self.models = folder, _write_models(folder)
        self.viewer = napari.Viewer()
        self.viewer.window.resize(1560, 960)
        self.app = QApplication.instance()
        self.frames, self.turns, self.ready, self._timer = [], [], _always, QTimer()
        canvas = self.viewer.window._qt_viewer.canvas.native
        canvas.frameSwapped.connect(lambda: self.frames.append(time.perf_counter()) if self.ready() else None)
        self._timer.timeout.connect(lambda: self.turns.append((time.perf_counter(), time.thread_time())))
        self._timer.start(1)
        layer = self.viewer.add_image(np.zeros((8, 8)))  # a running napari has drawn something
        self.pause(1)
        self.viewer.layers.remove(layer)
        self.pause(.5)

    def bare(self):
        """What napari itself needs: a stack of images as large as a sheet, without any of our modules."""
        stack = np.random.default_rng(0).integers(0, 255, (STEPS + 1, 820, 960, 3), dtype=np.uint8)
        layer = self.viewer.add_image(stack, rgb=True)
        self.viewer.dims.set_current_step(0, STEPS)  # so that each step asks for another image than is shown
        self.pause(1)
        yield self.steps('step of a bare image of 820 x 960 in napari', '',
                         lambda k: self.viewer.dims.set_current_step(0, STEPS - 1 - k))
        self.viewer.layers.remove(layer)
        self.pause(.5)

    def opening(self):
        """The widgets, in a running napari that has loaded none of our modules."""
        from napari_viewer.docks import dock_names, open_dock
        self.docks = {}
        for name in dock_names():
            start = time.perf_counter()
            self.docks[name] = open_dock(self.viewer, name)
            self.app.processEvents()
            yield _row(f'open {dock_names()[name]}', '0.3 s', [time.perf_counter() - start])
            self.pause(1)

    def filters(self):
        """The filters of eight models, and clicks on them."""
        from napari_viewer.core.networks import open_network
        from napari_viewer.docks import open_dock
        dock = open_dock(self.viewer, 'filters')
        self.pause(.5)
        start = time.perf_counter()
        networks = [open_network(path) for path in self.models]
        self.frames.clear()
        dock.state.set_networks(networks)
        self.until(lambda: self.frames)
        yield _row(f'filters of {MODELS} models, files to pixels', '1.5 s', [time.perf_counter() - start])
        dock.fit()
        self.until(lambda: not dock.worker_bar.busy)
        self.pause(1)
        yield self.steps('mouse click on a filter to its frame in all models', '150 ms',
                         lambda k: self.click(dock, 1 + (k * 37 + 5) % (64 * MODELS)))

    def activations(self):
        """Other images and other models."""
        from napari_viewer.core.image_sets import from_array
        from napari_viewer.docks import open_dock
        images = np.random.default_rng(0).integers(0, 255, (IMAGES, 64, 64, 3), dtype=np.uint8)
        dock = open_dock(self.viewer, 'activations')
        dock.state.set_images(from_array(images))
        self.until(lambda: dock.features and not dock.worker_bar.busy)
        self.until(lambda: all(one.done == len(images) for one in dock.features) and not dock.worker_bar.busy)
        self.pause(2)

        def ready():
            return dock.map_stack.is_drawn(dock.model, dock.state.image)

        for layer in ('all layers', 'conv2'):
            dock.controls.layer.value = layer
            self.pause(1)
            yield self.steps(f'another image to pixels, {layer}', '60 ms',
                             lambda k: dock.state.set_image((k * 29 + 3) % IMAGES), ready)
            yield self.steps(f'another model to pixels, {layer}', '60 ms',
                             lambda k: dock.step_model(3), ready)

    def neurons(self):
        """Other neurons of a recording, with the predictions of a model."""
        from napari_viewer.docks import open_dock
        dock = open_dock(self.viewer, 'neurons')
        self.until(lambda: dock.recording is not None and dock.prediction(dock.model.value) is not None)
        self.until(lambda: not dock.worker_bar.busy)
        self.pause(2)
        yield self.steps('another neuron to pixels', '100 ms', lambda k: dock.step(3),
                         lambda: dock.sheet is not None and dock.sheet.query == dock.query())

    def matrices(self):
        """Matrices of other animals, and pairs under the mouse."""
        from napari_viewer.docks import open_dock
        dock = open_dock(self.viewer, 'matrices')
        self.until(lambda: dock.recording is not None)
        dock.source.value = 'SimulatedMouse.VISp-rdm'
        self.until(lambda: dock.recording.identifier == dock.source.value and dock.comparison() is not None)
        self.until(lambda: not dock.worker_bar.busy)
        self.pause(2)
        names = list(dock.name.choices)
        yield self.steps('another matrix of 118 x 118 to pixels', '60 ms',
                         lambda k: setattr(dock.name, 'value', names[(k + 1) % len(names)]),
                         lambda: dock.sheet is not None and dock.sheet.query == dock.query())
        yield self.steps('images of a pair under the mouse', '60 ms', lambda k: dock._on_hover(118 * (k + 3) + 40 + k))

    def browsing(self, n: int):
        """A sheet of many images on disk, and its memory."""
        import pandas as pd

        from napari_viewer.core.image_sets import ImageSet
        from napari_viewer.docks import open_dock
        dock = open_dock(self.viewer, 'browser')
        self.until(lambda: not dock.picker.busy)
        images = np.lib.format.open_memmap(self.folder / 'images.npy', 'w+', np.uint8, (n, 64, 64, 3))
        noise = np.random.default_rng(0).integers(0, 255, (64, 64, 64, 3), dtype=np.uint8)
        for start in range(0, n, 64):
            images[start:start + 64] = noise[:len(images[start:start + 64])]
        images.flush()
        del images
        before = _private_memory()
        stored = np.load(self.folder / 'images.npy', mmap_mode='r')
        index = pd.DataFrame({'source': 'bench', 'class_name': '', 'label': 0, 'split': 'all'}, index=range(n))
        dock.show_sets([ImageSet(f'{n:,} images', index, lambda i: np.asarray(stored[i]))])
        self.pause(2)
        last = dock.sheet.last_row
        yield self.steps(f'scroll to another place of {n:,} images', '60 ms',
                         lambda k: setattr(dock.row, 'value', (k + 1) * 997 * 97 % last),
                         lambda: dock._cache.has(dock.query()))
        for row in np.linspace(0, last, ROWS).astype(int):  # from top to bottom
            dock.row.value = int(row)
            self.app.processEvents()
        grown = (_private_memory() - before) / 2**20
        yield f'memory added by {n:,} images scrolled through', '500 MB', f'{grown:.0f} MB', '', '', ''

    def click(self, dock, label: int) -> None:
        """Press and release the mouse on the middle of a tile."""
        from qtpy.QtCore import QPoint, Qt
        from qtpy.QtTest import QTest
        canvas = self.viewer.window._qt_viewer.canvas
        rows, columns = np.nonzero(np.asarray(dock.sheet_layer.labels) == label)
        to_canvas = canvas.view.transform * canvas.view.scene.transform
        x, y = to_canvas.map([columns.mean(), rows.mean()])[:2]
        QTest.mouseClick(canvas.native, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))

    def steps(self, what: str, goal: str, step, ready=_always) -> tuple:
        """Time from each step to the first frame that is drawn when what it asks for is there."""
        seconds, waits, works = [], [], []
        for k in range(STEPS):
            self.turns[:] = [(time.perf_counter(), time.thread_time())]
            start = time.perf_counter()
            step(k)
            self.ready = ready
            self.frames.clear()
            self.until(lambda: self.frames)
            self.ready = _always
            seconds.append(self.frames[0] - start)
            self.pause(.4)
            wait, work = np.diff(self.turns, axis=0).max(axis=0)
            waits.append(wait)
            works.append(work)
        return _row(what, goal, seconds, waits, works)

    def pause(self, seconds: float) -> None:
        """Let what was asked for be drawn to its end."""
        self.wait(PAUSE * seconds)

    def wait(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.app.processEvents()
            time.sleep(.0005)  # a loop without a pause would keep the workers from Python

    def until(self, condition) -> None:
        end = time.perf_counter() + PATIENCE
        while not condition():
            if time.perf_counter() > end:
                raise TimeoutError(f'What was asked for was not drawn in {PATIENCE} s.')
            self.wait(.001)


def _row(what: str, goal: str, seconds: list, *others: list) -> tuple:
    numbers = [np.median(seconds), np.max(seconds), *(np.median(other) for other in others)]
    return what, goal, *(f'{1000 * value:.0f} ms' for value in numbers), *[''] * (2 - len(others))


def _private_memory() -> int:
    import psutil
    memory = psutil.Process().memory_info()
    return memory.rss - memory.shared


def _write_models(folder: Path) -> list:
    from safetensors.numpy import save_file
    shapes = {'conv1': (64, 3, 11, 11), 'conv2': (192, 64, 5, 5), 'conv3': (384, 192, 3, 3), 'conv4': (256, 384, 3, 3),
              'conv5': (256, 256, 3, 3)}
    rng, paths = np.random.default_rng(0), []
    for k in range(MODELS):
        weights = {}
        for layer, shape in shapes.items():
            scale = np.sqrt(2 / np.prod(shape[1:]))
            weights[f'{layer}.weight'] = (rng.standard_normal(shape) * scale).astype(np.float16)
            weights[f'{layer}.bias'] = np.zeros(shape[0], np.float16)
        paths.append(folder / f'model{k}.safetensors')
        save_file(weights, paths[-1])
    return paths


if __name__ == '__main__':
    main()
