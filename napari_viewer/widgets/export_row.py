"""Buttons that copy or save what is on the canvas, and the numbers behind it."""
from pathlib import Path

import numpy as np
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QPushButton, QSpinBox, QWidget

from napari_viewer.core.export import save_sheet, save_table
from napari_viewer.widgets.notifications import notify_error

PICTURES = 'PNG (*.png);;PDF (*.pdf);;SVG (*.svg)'


class ExportRow(QWidget):
    """Exports the sheet of a dock widget.

    Parameters
    ----------
    dock : DockWidget
        With a `sheet_layer`, and `paint`, which draws anew what is on it.
    """

    def __init__(self, dock):
        super().__init__()
        self._dock = dock
        self.copy_button = self._button('Copy', 'Copy the sheet to the clipboard.', self.copy)
        self.save_button = self._button('Save…', 'Save the sheet as PNG, or as PDF or SVG with letters and '
                                        'lines as such, in the width beside this (300 pixels an inch).',
                                        self._choose_picture)
        self.data_button = self._button('Data…', 'Save what is on the sheet as CSV: a row a tile.', self._choose_table)
        self.width_box = QSpinBox()
        self.width_box.setRange(200, 8000)
        self.width_box.setValue(2000)
        self.width_box.setSuffix(' px')
        self.width_box.setToolTip('Width of the saved sheet.')
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.copy_button, self.save_button, self.width_box, self.data_button):
            layout.addWidget(widget)

    def copy(self) -> None:
        """Copy the sheet to the clipboard."""
        sheet = self._dock.sheet_layer.sheet
        if sheet is not None:
            height, width = sheet.shape[:2]
            image = QImage(np.ascontiguousarray(sheet).data, width, height, 3 * width, QImage.Format.Format_RGB888)
            QApplication.clipboard().setImage(image.copy())

    def save(self, path: Path) -> None:
        """Save the sheet under a name that says the kind of file."""
        self._write(lambda: save_sheet(path, self._dock.paint, self.width_box.value()))

    def save_data(self, path: Path) -> None:
        """Save what is on the sheet as CSV."""
        self._write(lambda: save_table(path, self._dock.sheet_layer.table))

    def _write(self, write) -> None:
        from napari.utils.notifications import show_info
        try:
            show_info(f'Written: {write()}')
        except (OSError, ValueError) as error:
            notify_error(error)

    def _choose_picture(self) -> None:
        path = QFileDialog.getSaveFileName(self, 'Save the sheet', '', PICTURES)[0]
        if path and self._dock.sheet_layer.sheet is not None:
            self.save(Path(path))

    def _choose_table(self) -> None:
        path = QFileDialog.getSaveFileName(self, 'Save the data', '', 'CSV (*.csv)')[0]
        if path and self._dock.sheet_layer.table is not None:
            self.save_data(Path(path))

    def _button(self, text: str, tooltip: str, called) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tooltip)
        button.clicked.connect(lambda _: called())
        return button
