"""Sheets and figures as files."""
import numpy as np
import pytest
from PIL import Image

from napari_viewer.core.dock_figure import saved_to
from napari_viewer.core.export import save_sheet
from napari_viewer.core.spectrum_figure import spectrum_figure


def test_sheets_are_written_in_any_size(tmp_path):
    sheet = np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    assert (np.asarray(Image.open(save_sheet(tmp_path / 'a.png', sheet))) == sheet).all()
    twice = np.asarray(Image.open(save_sheet(tmp_path / 'b.png', sheet, 80)))
    assert (twice[::2, ::2] == sheet).all()
    for ending, begins in (('pdf', b'%PDF'), ('svg', b'<?xml')):
        assert save_sheet(tmp_path / f'c.{ending}', sheet).read_bytes().startswith(begins)
    with pytest.raises(ValueError, match=r'\.png, \.svg, \.pdf'):
        save_sheet(tmp_path / 'd.bmp', sheet)
    assert not list(tmp_path.glob('d.*'))


def test_figures_are_written_with_their_letters(tmp_path, images):
    with saved_to(tmp_path / 'spectrum.svg'):
        spectrum_figure(images[0])
    assert 'cycles/image' in (tmp_path / 'spectrum.svg').read_text()
