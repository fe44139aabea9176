"""A scripted tour of the four views, which saves a screenshot of each: python -m napari_viewer.tour --out docs/images

It needs a display with OpenGL; without one: xvfb-run -a -s "-screen 0 1600x1000x24" python -m napari_viewer.tour …
"""
import argparse
import time
from pathlib import Path

from napari_viewer.show import open_view

WINDOW = 1560, 960  # px
PATIENCE = 120  # s for models to load and to be gone through
FILTER = 7  # that is chosen
CHANNEL = 'conv2', 27


def main() -> None:
    """Take the tour."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, required=True, help='folder of the screenshots')
    parser.add_argument('--models', help='identifiers or files, separated by commas; else those shipped')
    parser.add_argument('--sweep', type=Path, help='folder of a sweep, for the scores')
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    import napari
    viewer = napari.Viewer(title='Brain-Score Mouse')
    viewer.window.resize(*WINDOW)
    models = chosen.models.split(',') if chosen.models else None
    tour = Tour(viewer, chosen.out, models)
    tour.browse()
    tour.filters()
    tour.activations()
    if chosen.sweep is not None:
        tour.scores(chosen.sweep)
    viewer.close()


class Tour:
    """Does what a user would do, and saves what a user would see."""

    def __init__(self, viewer, out: Path, models: list | None):
        self.viewer, self.out, self.models = viewer, out, models

    def browse(self) -> None:
        """Two domains side by side; an image and its spectrum."""
        browser = open_view(self.viewer, 'browser')
        self._until(lambda: not browser.picker.jobs.busy)
        labels = browser.picker.labels()
        wanted = [label for name in ('real', 'sketch', 'clipart') for label in labels if label == f'{name} (domain)']
        for label in wanted or labels[-1:]:
            browser.picker.tick(label)
        self._until(lambda: len(browser.sets) == len(wanted or labels[-1:]))
        browser.scroll(12)
        browser.choose(0, browser.sheet.at(20, browser.row.value)[1])
        self._save('browser', lambda: browser.spectrum.is_current)

    def filters(self) -> None:
        """All models on one sheet, a filter chosen."""
        filters = open_view(self.viewer, 'filters')
        if self.models is None:
            from napari_viewer.core.networks import identifiers
            self.models = [name for name in identifiers() if name.startswith('alexnet64')]
        filters.picker.tick(*self.models)
        self._until(lambda: len(filters.session.networks) == len(self.models))
        filters.fit()
        self._until(lambda: not filters.jobs.busy)
        filters.choose(FILTER)
        self._save('filters', lambda: filters.detail.is_current)

    def activations(self) -> None:
        """Two models compared, a map on its image, top images and norms."""
        view = open_view(self.viewer, 'activations')
        self._until(lambda: view.features and not view.jobs.busy)
        view.layer.value = CHANNEL[0]
        view.compared.value = view.features[min(1, len(view.features) - 1)].network.name
        view.session.set_image(17)
        view.session.choose(*CHANNEL)
        self._save('activations', lambda: view.norms.is_current and view.images.count())

    def scores(self, sweep: Path) -> None:
        """The scores of a sweep beside the filters of its models."""
        scores = open_view(self.viewer, 'scores')
        scores.open(sweep)
        self._until(lambda: scores.cells is not None)
        self._save('scores', lambda: scores.picture.is_current)

    def _save(self, name: str, ready) -> None:
        self._wait(.5)  # what follows from the last step is not asked for at once
        self._until(ready)
        self._wait(.5)
        path = self.out / f'{name}.png'
        self.viewer.window.screenshot(str(path), canvas_only=False, flash=False)
        print(path)

    def _until(self, ready) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            if time.monotonic() > end:
                raise RuntimeError('The tour has waited too long: is there an error above?')
            self._wait(.05)

    def _wait(self, seconds: float) -> None:
        from qtpy.QtWidgets import QApplication
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(.005)


if __name__ == '__main__':
    main()
