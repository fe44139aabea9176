"""Views made as batches of tensors are those that torchvision makes one by one."""
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms.v2 import functional

from training.augment import RandomViews, resampling_weights
from training.backbone import IMAGENET_MEAN, IMAGENET_STD

N = 2000


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _images(n, height=64, width=64):
    return torch.randint(0, 256, (n, height, width, 3), dtype=torch.uint8, generator=_generator(1))


def _unnormalised(views):
    mean, std = (torch.tensor(values)[:, None, None] for values in (IMAGENET_MEAN, IMAGENET_STD))
    return (views * std + mean) * 255


@pytest.mark.parametrize(('height', 'width'), [(64, 64), (100, 130), (50, 64)])
@pytest.mark.parametrize(('horizontal', 'vertical'), [(0., 0.), (1., 0.), (0., 1.)])
def test_a_view_is_torchvisions_crop_resized_and_flipped(height, width, horizontal, vertical):
    images = _images(40, height, width)
    views = RandomViews(horizontal_flip=horizontal, vertical_flip=vertical, greyscale=0.)
    made = _unnormalised(views(images, _generator()))
    boxes = torch.stack(views.random_crops(40, height, width, _generator())).int().T.tolist()
    for image, view, box in zip(images, made, boxes):
        expected = functional.resized_crop(image.permute(2, 0, 1).float(), *box, [64, 64], antialias=True)
        expected = expected.flip([-1] if horizontal else [-2] if vertical else [])
        assert torch.allclose(view, expected, atol=2e-3)  # of 255


def test_crops_are_distributed_as_torchvisions():
    views = RandomViews()
    ours = torch.stack(views.random_crops(N, 64, 64, _generator())).numpy()
    torch.manual_seed(0)
    image = torch.zeros(3, 64, 64)
    theirs = np.array([RandomResizedCrop.get_params(image, [.08, 1.], [3 / 4, 4 / 3]) for _ in range(N)]).T
    for measure in (lambda c: c[2] * c[3], lambda c: c[3] / c[2], lambda c: c[0] / (65 - c[2]),
                    lambda c: c[1] / (65 - c[3])):
        assert stats.ks_2samp(measure(ours), measure(theirs)).pvalue > 1e-3


def test_where_no_crop_fits_it_is_torchvisions_central_one():
    views = RandomViews(crop_scale=(1., 1.), crop_ratio=(2., 3.))
    image = torch.zeros(3, 48, 64)
    expected = RandomResizedCrop.get_params(image, [1., 1.], [2., 3.])
    assert torch.stack(views.random_crops(3, 48, 64, _generator())).T.int().tolist() == [list(expected)] * 3


@pytest.mark.parametrize(('setting', 'changed'), [
    ('horizontal_flip', lambda image, view: torch.equal(view, image.flip(-1))),
    ('vertical_flip', lambda image, view: torch.equal(view, image.flip(-2))),
    ('greyscale', lambda image, view: torch.equal(view[0], view[1])),
])
def test_flips_and_greys_come_as_often_as_asked(setting, changed):
    settings_ = {'horizontal_flip': 0., 'vertical_flip': 0., 'greyscale': 0.}
    views = RandomViews(size=8, crop_scale=(1., 1.), crop_ratio=(1., 1.), **{**settings_, setting: .3})
    images = _images(N, 8, 8)
    made = _unnormalised(views(images, _generator())).round()
    originals = images.permute(0, 3, 1, 2).float()
    n = sum(changed(image, view) for image, view in zip(originals, made))
    assert stats.binomtest(int(n), N, .3).pvalue > 1e-3


def test_grey_is_torchvisions():
    images = _images(5)
    made = _unnormalised(RandomViews(crop_scale=(1., 1.), crop_ratio=(1., 1.), horizontal_flip=0., vertical_flip=0.,
                                     greyscale=1.)(images, _generator()))
    expected = functional.rgb_to_grayscale(images.permute(0, 3, 1, 2).float(), num_output_channels=3)
    assert torch.allclose(made, expected, atol=1e-2)  # of 255


def test_views_follow_from_the_generator():
    images = _images(4)
    views = RandomViews()
    assert torch.equal(views(images, _generator(3)), views(images, _generator(3)))
    assert not torch.equal(views(images, _generator(3)), views(images, _generator(4)))


def test_two_views_of_a_batch_differ_and_channels_come_last():
    images = _images(4)
    made = RandomViews()(torch.cat([images, images]), _generator())
    assert made.is_contiguous(memory_format=torch.channels_last)
    assert not torch.equal(made[:4], made[4:])


@given(extent=st.integers(1, 64), start=st.data(), size=st.integers(1, 80))
@settings(max_examples=50, deadline=None)
def test_resampling_weights_average_pixels_of_the_part(extent, start, size):
    first = start.draw(st.integers(0, 64 - extent))
    ends = torch.tensor([float(first)]), torch.tensor([float(extent)])
    weights = resampling_weights(*ends, 64, size, torch.tensor([False]))[0]
    assert torch.allclose(weights.sum(-1), torch.ones(size), atol=1e-5)
    assert (weights >= 0).all()
    assert weights[:, :first].sum() == 0
    assert weights[:, first + extent:].sum() == 0
    mirrored = resampling_weights(*ends, 64, size, torch.tensor([True]))[0]
    assert torch.allclose(mirrored, weights.flip(0), atol=1e-6)
