"""Loss and accuracy of a training run, as a figure."""
import numpy as np

from napari_viewer.core.dock_figure import accent, as_array, dock_figure, faint, styled
from napari_viewer.core.theme import theme
from napari_viewer.core.training_run import TrainingRun


@styled
def training_figure(run: TrainingRun, epoch: int) -> np.ndarray:
    """Loss by epoch, and kNN accuracy on images that were not trained on at the snapshots; `epoch` is marked."""
    figure = dock_figure(3.4)
    loss, accuracy = figure.subplots(2, 1, sharex=True)
    loss.plot(run.history.epoch + 1, run.history.loss, color=theme().models[1], lw=1.2)  # after that many epochs
    loss.set(ylabel='loss', title=run.folder.name)
    known = run.snapshots.dropna(subset='knn')
    accuracy.plot(known.epoch, known.knn, 'o-', ms=4, color=theme().models[0])
    accuracy.set(ylabel='kNN accuracy', xlabel='epochs')
    if not len(known):
        accuracy.text(.5, .5, 'the domain has no classes\nor no test images', ha='center', va='center', color=faint(),
                      transform=accuracy.transAxes)
    for ax in (loss, accuracy):
        ax.axvline(epoch, color=accent(), lw=1, ls=':')
    return as_array(figure)
