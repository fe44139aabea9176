import pytest
from PIL import Image

from training.loss_curves import draw_loss_curves


def test_loss_curves_are_drawn(tmp_path):
    cards = [{'name': f'net_{name}', 'training': {'loss': loss}} for name, loss in (('a', [3., 2.]), ('b', [3., 1.]))]
    draw_loss_curves(cards, tmp_path / 'losses.png')
    assert min(Image.open(tmp_path / 'losses.png').size) > 300
    assert [file.name for file in tmp_path.iterdir()] == ['losses.png']


def test_a_card_without_a_loss_curve_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="'imported'"):
        draw_loss_curves([{'name': 'imported', 'training': {}}], tmp_path / 'losses.png')
    assert not list(tmp_path.iterdir())
