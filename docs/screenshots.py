"""Makes the screenshots of viewer.md, one of each dock widget: python docs/screenshots.py --out docs/images

It needs a display with OpenGL; without one: xvfb-run -a -s "-screen 0 1600x1000x24" python docs/screenshots.py …
"""
import argparse
import functools
import time
from pathlib import Path

from napari_viewer.core.neuron_sheet import NeuronSheet
from napari_viewer.docks import dock_names, open_dock
from napari_viewer.window import arrange

WINDOW = 1560, 960  # px
PATIENCE = 600  # s for models to be loaded and images to be gone through, on a busy machine
ORDER = 'browser', 'filters', 'activations', 'neurons', 'matrices', 'scores'  # each leaves something for the next
DOMAINS = 'real', 'sketch', 'clipart'  # those of them that are prepared
FILTER = 7  # the chosen one
CHANNEL = 'conv2', 27
IMAGE = 17


def main() -> None:
    """Save the screenshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, required=True, help='folder of the screenshots')
    parser.add_argument('--models', help='identifiers or files, separated by commas; else those shipped')
    parser.add_argument('--sweep', type=Path, help='folder of a sweep, for the scores')
    parser.add_argument('--run', type=Path, help='folder of a training run')
    parser.add_argument('--views', help='which, separated by commas; else all')
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    import napari
    viewer = napari.Viewer(title='Brain-Score Mouse')
    viewer.window.resize(*WINDOW)
    models = chosen.models.split(',') if chosen.models else None
    screenshots = Screenshots(viewer, chosen.out, models, chosen.sweep, chosen.run)
    views = chosen.views.split(',') if chosen.views else [*ORDER, *dock_names()]
    for name in dict.fromkeys(views):
        getattr(screenshots, name, functools.partial(screenshots.empty, name))()
    viewer.close()


class Screenshots:
    """Does what a user would do in each dock widget, in the method of its name, and saves what a user would see.

    Parameters
    ----------
    viewer : napari.Viewer
    out : pathlib.Path
        Folder of the screenshots.
    models : list of str or None
        Identifiers or files; None shows those that this project ships.
    sweep : pathlib.Path or None
        Folder of a sweep, without which there are no scores to show.
    run : pathlib.Path or None
        Folder of a training run, without which there is none to show.
    """

    def __init__(self, viewer, out: Path, models: list[str] | None, sweep: Path | None, run: Path | None):
        self.viewer, self.out, self.models, self.sweep, self.run = viewer, out, models, sweep, run

    def browser(self) -> None:
        """Two domains side by side, with an image chosen."""
        browser = open_dock(self.viewer, 'browser')
        self._until(lambda: not browser.picker.busy)
        labels = browser.picker.labels()
        labels = [f'{name} (domain)' for name in DOMAINS if f'{name} (domain)' in labels] or labels[:1]
        for label in labels:
            browser.picker.tick(label)
        self._until(lambda: len(browser.sets) == len(labels))
        browser.scroll(12)
        browser.choose(0, browser.sheet.image_at(20, browser.row.value)[1])
        self._save('browser', lambda: browser.spectrum.is_current)

    def filters(self) -> None:
        """All models on one sheet, with a filter chosen."""
        filters = open_dock(self.viewer, 'filters')
        if self.models is None:
            from napari_viewer.core.networks import identifiers
            self.models = [name for name in identifiers() if name.startswith('alexnet64')]
        filters.picker.tick(*self.models)
        self._until(lambda: len(filters.state.networks) == len(self.models))
        filters.fit()
        self._until(lambda: not filters.worker_bar.busy)
        filters.choose(FILTER)
        self._save('filters', lambda: filters.detail.is_current)

    def activations(self) -> None:
        """Two models compared, a map on its image, top images and norms."""
        dock = open_dock(self.viewer, 'activations')
        self._until(lambda: dock.features and not dock.worker_bar.busy)
        dock.controls.layer.value = CHANNEL[0]
        dock.controls.compared.value = dock.features[min(1, len(dock.features) - 1)].network.name
        dock.state.set_image(IMAGE)
        dock.state.choose(*CHANNEL)
        self._save('activations', lambda: dock.norms.is_current and dock.galleries.images.count())

    def neurons(self) -> None:
        """A neuron of real mice beside two models, and every neuron's answer to an image."""
        dock = open_dock(self.viewer, 'neurons')
        self._tick_some(dock)
        self._until(lambda: dock.prediction(dock.model.value) is not None and not dock.worker_bar.busy)
        dock.layer.value = CHANNEL[0]
        dock.compared.value = dock.compared.choices[-1]
        self._until(lambda: dock.prediction(dock.compared.value) is not None and not dock.worker_bar.busy)
        dock.sort.value = 'predictivity'
        dock.step(1 - dock.neurons.count())
        dock.state.set_images(dock.recording.images, int(NeuronSheet(dock.query()).most[1]))
        self._save('neurons', lambda: dock.population.is_current and dock.sheet.query == dock.query())

    def matrices(self) -> None:
        """Matrices of real mice and of a model."""
        dock = open_dock(self.viewer, 'matrices')
        self._tick_some(dock)
        self._until(lambda: dock.comparison() is not None and dock.sheet is not None and not dock.worker_bar.busy)
        self._until(lambda: dock.sheet.query == dock.query())
        dock._on_hover(dock.sheet.labels[200, 400])
        self._save('matrices', lambda: True)

    def training(self) -> None:
        """The last snapshot of a run."""
        dock = open_dock(self.viewer, 'training')
        if self.run is not None:
            dock.open(self.run)
            self._until(lambda: dock.run is not None and dock.sheet_layer.on_canvas)
        self._save('training', lambda: self.run is None or dock.figure.is_current)

    def _tick_some(self, dock) -> None:
        if not dock.state.networks:
            dock.picker.tick(*(self.models or ['alexnet64_simclr_imagenet', 'alexnet64_kaiming']))
            self._until(lambda: dock.state.networks)

    def scores(self) -> None:
        """The scores of a sweep."""
        scores = open_dock(self.viewer, 'scores')
        if self.sweep is None:
            return
        scores.open(self.sweep)
        self._until(lambda: scores.results is not None and not scores.worker_bar.busy)
        self._save('scores', lambda: scores.figure.is_current)

    def empty(self, name: str) -> None:
        """A dock widget without a method of its own, as it opens."""
        open_dock(self.viewer, name)
        self._save(name, lambda: True)

    def _save(self, name: str, ready) -> None:
        arrange(open_dock(self.viewer, name))
        self.viewer.window.resize(*WINDOW)
        self._wait(.5)  # figures are drawn a moment after they are asked for
        self._until(ready)
        self._wait(.5)
        path = self.out / f'{name}.png'
        self.viewer.window.screenshot(str(path), canvas_only=False, flash=False)
        print(path)

    def _until(self, ready) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            if time.monotonic() > end:
                raise RuntimeError(f'Waited {PATIENCE} s in vain: see above for an error.')
            self._wait(.05)

    def _wait(self, seconds: float) -> None:
        from qtpy.QtWidgets import QApplication
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(.005)


if __name__ == '__main__':
    main()
