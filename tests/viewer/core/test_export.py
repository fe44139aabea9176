"""Sheets and figures as files."""
import functools
import re

import numpy as np
import pytest
from PIL import Image

from napari_viewer.core.dock_figure import saved_to
from napari_viewer.core.export import save_sheet
from napari_viewer.core.filter_sheet import FilterSheet
from napari_viewer.core.sheet_drawing import Box, Text, as_marks
from napari_viewer.core.spectrum_figure import spectrum_figure
from napari_viewer.core.theme import as_hex, theme


def test_sheets_are_written_in_any_size(tmp_path):
    sheet = np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    assert (np.asarray(Image.open(save_sheet(tmp_path / 'a.png', lambda: sheet))) == sheet).all()
    twice = np.asarray(Image.open(save_sheet(tmp_path / 'b.png', lambda: sheet, 80)))
    assert (twice[::2, ::2] == sheet).all()
    for ending, begins in (('pdf', b'%PDF'), ('svg', b'<?xml')):
        assert save_sheet(tmp_path / f'c.{ending}', lambda: sheet).read_bytes().startswith(begins)
    with pytest.raises(ValueError, match=r'\.png, \.svg, \.pdf'):
        save_sheet(tmp_path / 'd.bmp', lambda: sheet)
    assert not list(tmp_path.glob('d.*'))


def test_letters_and_frames_of_a_sheet_are_vectors_over_its_pixels(tmp_path, random_weights):
    sheet = FilterSheet({'mine & <yours>': random_weights(0)['conv1.weight'].astype(np.float32)})
    draw = functools.partial(sheet.draw_anew, 5)
    with as_marks() as marks:
        pixels = draw()
    row, column = sheet.grids['mine & <yours>'].corner(5)
    tile = sheet.grids['mine & <yours>'].tile
    assert (pixels[:row - 2] == theme().ground).all()  # neither title nor frame
    assert (sheet.draw(5)[row - 1, column:column + tile] == theme().highlight).all()
    frame = [(mark.top, mark.left, mark.height, mark.width) for mark in marks.marks
             if isinstance(mark, Box) and mark.colour == theme().highlight]
    assert (row - 2, column - 2, 2, tile + 4) in frame
    assert [mark.text for mark in marks.marks if isinstance(mark, Text)][:2] == ['mine & <yours>', '0']
    svg = save_sheet(tmp_path / 'a.svg', draw, 490).read_text()
    assert svg.count('<image') == 1
    assert 'mine &amp; &lt;yours&gt;</text>' in svg
    assert as_hex(theme().highlight) in svg
    width = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', svg).group(1))
    assert width == pytest.approx(490 / 300 * 72, abs=.1)
    assert (sheet.draw(5) == draw()).all()  # outside of files, pixels again


def test_figures_are_written_with_their_letters(tmp_path, images):
    with saved_to(tmp_path / 'spectrum.svg'):
        spectrum_figure(images[0])
    assert 'cycles/image' in (tmp_path / 'spectrum.svg').read_text()
