"""Maps and summaries of a network's responses to a set of images."""
import numpy as np
import pytest

from napari_viewer.core import image_sets
from napari_viewer.core.feature_maps import FeatureMaps
from napari_viewer.core.networks import open_network


def test_summary_continues_and_matches_single_images(weight_files, images):
    features = FeatureMaps(open_network(weight_files[0]), image_sets.from_array(images))
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


def test_damaged_images_are_left_out(damaged_folder, weight_files):
    features = FeatureMaps(open_network(weight_files[0]), image_sets.from_path(damaged_folder))
    assert features.channels()['conv5'] == 256
    list(features.summarise())
    assert sorted(features.skipped) == [1, 3]
    assert np.isfinite(features.norms['conv1']).tolist() == [True, False, True, False]


def test_one_broken_unit_does_not_blacken_its_layer(images):
    import torch
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3))
    with torch.no_grad():
        module[0].weight[1, 0, 0, 0] = torch.nan
    features = FeatureMaps(open_network(module), image_sets.from_array(images[:4]))
    assert 0 < features.ceilings()['0'] < np.inf
