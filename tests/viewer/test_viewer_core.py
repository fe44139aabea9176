"""The computing half: what the viewer shows, without a window."""
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_viewer.core import images as image_sets
from napari_viewer.core.feature_panel import FeaturePanels, View
from napari_viewer.core.features import Features
from napari_viewer.core.filter_sheet import FilterSheet, export, outline
from napari_viewer.core.image_sheet import CELL, ImageSheet
from napari_viewer.core.lazy import Lazy, PanelStack
from napari_viewer.core.mosaic import Mosaic, enlarge
from napari_viewer.core.networks import convolutional_layers, open_network
from training.backbone import CONVOLUTIONS


def test_widgets_import_nothing_heavy():
    modules = 'browser, filters, activations, scores, readers, sample_data, show'
    code = (f'import sys; from napari_viewer import {modules}; '
            'print([name for name in ("torch", "napari", "dask", "matplotlib", "scipy") if name in sys.modules])')
    found = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == '[]'


@given(n=st.integers(1, 40), cell=st.integers(2, 9), columns=st.integers(1, 7), gap=st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_mosaic_places_and_numbers_every_tile(n, cell, columns, gap):
    mosaic = Mosaic(n, cell, columns, top=3, left=5, gap=gap)
    tiles = np.random.default_rng(n).integers(1, 255, (n, cell, cell, 3), dtype=np.uint8)
    panel = np.zeros((mosaic.height + 10, mosaic.width + 10, 3), np.uint8)
    labels = np.zeros(panel.shape[:2], np.uint16)
    mosaic.place(panel, tiles)
    mosaic.number(labels, 1)
    for k in range(n):
        row, column = mosaic.corner(k)
        assert (panel[row:row + cell, column:column + cell] == tiles[k]).all()
        assert (labels[row:row + cell, column:column + cell] == k + 1).all()
    assert (labels > 0).sum() == n * cell ** 2


def test_sheet_shows_the_weights_the_right_way_up(random_weights):
    weights = random_weights(0)['conv1.weight'].astype(np.float32)
    sheet = FilterSheet({'mine': weights})
    mosaic, k = sheet.mosaics['mine'], 13
    row, column = mosaic.corner(k)
    tile = sheet.panel()[row:row + mosaic.cell, column:column + mosaic.cell]
    scale = mosaic.cell // 11
    shown = tile[scale - 1::scale, scale - 1::scale].astype(float) / 255  # the number is written at the top left
    expected = .5 + .5 * weights[k].transpose(1, 2, 0) / np.abs(weights[k]).max()
    np.testing.assert_allclose(shown[3:], expected[3:], atol=.003)  # a level of 256


def test_contrast_is_shared_as_told():
    weights = np.stack([np.full((3, 5, 5), .1), np.full((3, 5, 5), 1.)]).astype(np.float32)

    def level(contrast, name, k):
        sheet = FilterSheet({'weak': weights, 'strong': 10 * weights}, contrast)
        row, column = sheet.mosaics[name].corner(k)
        return int(sheet.panel()[row + sheet.mosaics[name].cell - 2, column + 50, 0])

    assert level('each filter', 'weak', 0) == 255
    assert level('each model', 'weak', 0) == round(127.5 + 12.75)
    assert level('each model', 'weak', 1) == 255
    assert level('all models', 'weak', 1) == round(127.5 + 12.75)
    assert level('all models', 'strong', 1) == 255


def test_filters_are_sorted_by_their_fits(random_weights):
    weights = random_weights(1)['conv1.weight'][:6].astype(np.float32)
    fits = pd.DataFrame({'filter': range(6), 'r2': [.1, .9, np.nan, .5, .2, .3], 'orientation_deg': 0.,
                         'frequency_cycles_per_pixel': .1})
    sheet = FilterSheet({'mine': weights}, sort='Gabor fit (R²)', fits={'mine': fits})
    assert list(sheet.orders['mine']) == [1, 3, 5, 4, 0, 2]
    labels, table = sheet.labels()
    row, column = sheet.mosaics['mine'].corner(0)
    assert table['filter'][labels[row + 1, column + 1] - 1] == 1


def test_outline_lies_on_a_gabor():
    from study.filters import fit_gabors, gabor
    made = pd.DataFrame({'orientation_deg': [30.], 'frequency_cycles_per_pixel': .15, 'phase': 0., 'x': 1., 'y': 2.,
                         'sigma': 1.6, 'aspect': 1.5, 'amplitude': 1.})
    fit = fit_gabors(gabor(made, 11)).iloc[0]
    bar = outline(fit, 11)[1]
    np.testing.assert_allclose(bar.mean(axis=0), [5 + 1, 5 - 2], atol=.05)  # to the right and up, in pixels
    (left, low), (right, high) = bar
    assert np.rad2deg(np.arctan2(low - high, right - left)) == pytest.approx(30, abs=1)


def test_export_writes_picture_and_table(tmp_path, random_weights):
    from PIL import Image
    sheet = FilterSheet({'mine': random_weights(0)['conv1.weight'].astype(np.float32)})
    picture, table = export(tmp_path / 'new', sheet.panel(), sheet.table())
    assert (np.asarray(Image.open(picture)) == sheet.panel()).all()
    assert list(pd.read_csv(table)['filter']) == list(range(64))
    assert sorted(path.name for path in (tmp_path / 'new').iterdir()) == ['filters.csv', 'filters.png']


def test_maps_are_those_of_a_forward_pass(weight_files, pictures, random_weights):
    import torch
    from torchvision.models import alexnet
    network = open_network(weight_files[0])
    features = alexnet(weights=None).features.eval()
    features.load_state_dict({f'{CONVOLUTIONS[layer]}.{part}': torch.tensor(values.astype(np.float32))
                              for key, values in random_weights(0).items() for layer, part in [key.split('.')]})
    maps = network.maps(pictures[:2])
    x = torch.tensor((pictures[:2] / 255. - [.485, .456, .406]) / [.229, .224, .225]).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        for k, module in enumerate(features):
            x = module(x)
            layer = next((name for name, index in CONVOLUTIONS.items() if k == index + 1), None)
            if layer:
                np.testing.assert_allclose(maps[layer], x.numpy(), atol=1e-4)
    assert list(maps) == list(CONVOLUTIONS) == network.layers


def test_checkpoints_and_runs_are_read(tmp_path, weight_files, random_weights):
    import torch
    state = {f'backbone.{CONVOLUTIONS[layer]}.{part}': torch.tensor(values)
             for key, values in random_weights(0).items() for layer, part in [key.split('.')]}
    (tmp_path / 'myrun' / 'checkpoints').mkdir(parents=True)
    path = tmp_path / 'myrun' / 'checkpoints' / 'last.ckpt'
    torch.save({'state_dict': {**state, 'projection_head.0.weight': torch.zeros(2)}, 'epoch': 3}, path)
    for source in (path, tmp_path / 'myrun'):
        network = open_network(source)
        assert network.name == 'myrun'
        np.testing.assert_array_equal(network.filters, open_network(weight_files[0]).filters)


def test_layers_of_any_module():
    from torch import nn
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Sequential(nn.Conv2d(4, 5, 3)), nn.Flatten())
    layers = convolutional_layers(module)
    assert layers == {'0': module[1], '2.0': module[2][0]}
    network = open_network(module)
    assert network.filters.shape == (4, 3, 3, 3)
    maps = network.maps(np.zeros((1, 16, 16, 3), np.uint8))
    assert maps['0'].shape == (1, 4, 14, 14)
    assert maps['2.0'].shape == (1, 5, 12, 12)
    assert maps['0'].min() >= 0


@pytest.mark.parametrize(('source', 'error', 'said'), [
    ('nowhere.safetensors', FileNotFoundError, "'.safetensors' file"), ('nowhere.ckpt', FileNotFoundError, 'run'),
    ('cut.safetensors', ValueError, 'not a complete safetensors'), ('other.safetensors', ValueError, 'conv1.weight'),
    ('cut.ckpt', ValueError, 'last.ckpt'), ('notes.txt', ValueError, '.safetensors')])
def test_wrong_files_are_told(tmp_path, source, error, said):
    from safetensors.numpy import save_file
    (tmp_path / 'cut.safetensors').write_bytes(b'\x10\x00\x00')
    save_file({'fc.weight': np.zeros(3, np.float32)}, tmp_path / 'other.safetensors')
    (tmp_path / 'cut.ckpt').write_bytes(b'PK\x03\x04')
    (tmp_path / 'notes.txt').write_text('hello')
    with pytest.raises(error, match=said):
        open_network(tmp_path / source)


def test_a_network_without_convolutions_is_told():
    from torch import nn
    with pytest.raises(ValueError, match='no convolutional layer'):
        open_network(nn.Linear(3, 2))


def test_summary_continues_and_matches_single_images(weight_files, pictures):
    features = Features(open_network(weight_files[0]), image_sets.from_array(pictures))
    steps = features.summarise()
    assert next(steps) == 32
    steps.close()  # cancelled
    assert list(features.summarise()) == [40]
    for i in (0, 33):
        for layer, maps in features.maps(i).items():
            maps = maps.astype(np.float32)
            np.testing.assert_allclose(features.means[layer][i], maps.mean(axis=(1, 2)), atol=2e-3)
            assert features.norms[layer][i] == pytest.approx(np.linalg.norm(maps), rel=2e-3)  # float16
    best = features.top_images('conv2', 5)
    assert best[0] == features.means['conv2'][:, 5].argmax()
    assert features.top_channels(3, 'conv2')[0] == features.means['conv2'][3].argmax()


def test_damaged_and_odd_images(tmp_path, weight_files, pictures):
    from PIL import Image
    for i in range(3):
        Image.fromarray(pictures[i]).resize((64 + 20 * i, 64)).save(tmp_path / f'{i}.png')
    (tmp_path / '1.png').write_bytes((tmp_path / '1.png').read_bytes()[:200])
    Image.fromarray(pictures[0][:4, :4]).save(tmp_path / '3.png')
    images = image_sets.from_path(tmp_path)
    assert images.square(2, 64).shape == (64, 64, 3)  # squeezed, as Brain-Score does
    with pytest.raises(ValueError, match='4 x 4 pixels; at least 8 x 8'):
        images.read(3)
    features = Features(open_network(weight_files[0]), images)
    assert features.channels()['conv5'] == 256
    list(features.summarise())
    assert sorted(features.skipped) == [1, 3]
    assert np.isfinite(features.norms['conv1']).tolist() == [True, False, True, False]
    sheet = ImageSheet([images])
    sheet.draw(0)
    assert sorted(number for _, number in sheet.errors) == [1, 3]


def test_arrays_of_other_kinds():
    assert image_sets.from_array(np.ones((2, 16, 20))).read(1).tolist() == np.full((16, 20, 3), 255).tolist()
    with pytest.raises(ValueError, match='transpose'):
        image_sets.from_array(np.zeros((2, 3, 64, 64), np.uint8))
    with pytest.raises(ValueError, match='0 to 1'):
        image_sets.from_array(np.full((2, 64, 64), 7.5))


def test_sheet_scrolls_and_filters_by_class(home):
    images = image_sets.from_domain('meadows')
    sheet = ImageSheet([images, image_sets.from_domain('streets')], 'odd')
    assert sheet.at(1, 0) == (0, 1)
    assert sheet.at(2, 0) == (0, 3)
    assert sheet.at(0, 0) is None
    row, column = sheet.mosaic(0).corner(1)
    assert (sheet.draw(0)[row:row + CELL, column:column + CELL] == images.read(3)).all()
    row, column = sheet.mosaic(1).corner(0)
    assert (sheet.draw(1)[row:row + CELL, column:column + CELL]
            == sheet.sets[1].read(sheet.numbers[1][sheet.columns])).all()


def test_panel_draws_the_maps(weight_files, pictures):
    features = Features(open_network(weight_files[0]), image_sets.from_array(pictures))
    panels, shown = FeaturePanels([features]), View(layer='conv2', colourmap='grey', top=False)
    panel = panels.draw(shown, 0, 4)
    (_, (layer, mosaic)), = panels.layout(shown, 0)
    maps = features.maps(4)[layer].astype(np.float32)
    expected = enlarge(np.clip(maps * (255 / features.ceilings()[layer]), 0, 255).astype(np.uint8), mosaic.cell)
    for k in (0, 27, 191):
        row, column = mosaic.corner(k)
        assert (panel[row:row + mosaic.cell, column:column + mosaic.cell, 0] == expected[k]).all()


def test_stack_indexes_as_an_array():
    panels = np.random.default_rng(0).integers(0, 255, (2, 3, 4, 5, 3), dtype=np.uint8)
    stack = PanelStack(2, 3, (4, 5), lambda m, i: panels[m, i])
    for key in (np.s_[1, 2], np.s_[0:1, 2:3], np.s_[:, 1], np.s_[1, :, 2:], np.s_[1]):
        assert (stack[key] == panels[key]).all()


def test_lazy_serves_the_newest_wish():
    started, release, made, ready = threading.Event(), threading.Event(), [], []

    def compute(key):
        made.append(key)
        if key == 'slow':
            started.set()
            release.wait(5)
        return key.upper()

    lazy = Lazy(compute, ready.append)
    assert lazy.get('slow') is None
    started.wait(5)
    assert lazy.get('passed over') is None
    assert lazy.get('newest') is None
    release.set()
    end = time.monotonic() + 5
    while 'newest' not in ready and time.monotonic() < end:
        time.sleep(.01)
    assert made == ['slow', 'newest']
    assert lazy.get('newest') == 'NEWEST'
    assert lazy.get('slow') == 'SLOW'
    lazy.close()


def test_lazy_tells_an_error_once():
    errors = []
    lazy = Lazy(lambda key: 1 / key, on_error=errors.append)
    assert lazy.get(0) is None
    assert lazy.get(0) is None
    assert len(errors) == 1
    assert lazy.get(2) == .5
    lazy.close()
