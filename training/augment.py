"""Random views of whole batches of images as tensors, on the device that trains."""
import functools
from dataclasses import dataclass

import torch
from torch import Tensor

from .backbone import IMAGENET_MEAN, IMAGENET_STD

GREY = (.2989, .587, .114)  # ITU-R 601, as torchvision has it
# luminance and two axes of colour (NTSC), in which saturation and hue are a scale and a turn
YIQ = ((.299, .587, .114), (.5959, -.2746, -.3213), (.2115, -.5227, .3112))
FROM_YIQ = tuple(map(tuple, torch.linalg.inv(torch.tensor(YIQ)).tolist()))
JITTERED = .8  # share of images whose colours are changed (Chen et al. 2020)
CPU_CHUNK = 16  # images whose copies stay in a core's cache
CROP_ATTEMPTS = 10  # torchvision's; then the whole image


@dataclass(frozen=True)
class RandomViews:
    """Random resized crop, horizontal and vertical flip, colour jitter and greyscale, then ImageNet normalisation.

    Crops, flips and greys are distributed as those of torchvision's ``RandomResizedCrop`` (bilinear, antialiased),
    ``RandomHorizontalFlip``, ``RandomVerticalFlip`` and ``RandomGrayscale``, drawn for every image of a batch by
    itself. Cropping, resizing and flipping an image is linear in its rows and in its columns, so that it is two
    matrix products (Eq. ``view = R image C'`` with the resampling weights in R and C), which is what CPUs and GPUs do
    best.

    Colour jitter is that of Chen et al. (2020, arXiv:2002.05709, appendix A): factors of brightness, contrast and
    saturation from 1 - 0.8 s to 1 + 0.8 s and a turn of the hue by up to 0.2 s of the circle, for four images of five.
    All four are linear in an image's colours, so that they are one 3 x 3 matrix and one offset an image, applied at
    once; hue is turned in the plane of I and Q (of YIQ), where Chen et al. turn it in HSV, and values are clipped once
    instead of after each change.

    Parameters
    ----------
    size : int
        Width and height of a view in pixels.
    crop_scale : (float, float)
        Range of the crop's area as a fraction of the image's.
    crop_ratio : (float, float)
        Range of the crop's width over its height.
    horizontal_flip, vertical_flip, greyscale : float
        Probabilities.
    colour_jitter : float
        Strength s, from 0, none, to 1, that of Chen et al. on ImageNet.
    """
    size: int = 64
    crop_scale: tuple[float, float] = (.08, 1.)
    crop_ratio: tuple[float, float] = (3 / 4, 4 / 3)
    horizontal_flip: float = .5
    vertical_flip: float = .5
    greyscale: float = .2
    colour_jitter: float = 0.

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """One view of each image.

        Parameters
        ----------
        images : torch.Tensor, uint8, (n, height, width, 3)
            On any device.
        generator : torch.Generator
            Of the same device.

        Returns
        -------
        torch.Tensor, float32, (n, 3, size, size)
            Normalised, in memory format channels_last.
        """
        n, height, width, _ = images.shape
        crops = self.random_crops(n, height, width, generator)
        flips = (self._drawn(n, self.vertical_flip, generator), self._drawn(n, self.horizontal_flip, generator))
        grey = self._drawn(n, self.greyscale, generator)
        jitter = self._jitter(n, generator) if self.colour_jitter else None
        views = torch.empty(n, self.size, self.size, 3, device=images.device)
        step = n if images.is_cuda else CPU_CHUNK
        with torch.autocast(images.device.type, enabled=False):
            for chunk in (slice(start, start + step) for start in range(0, n, step)):
                self._resample(images[chunk], [line[chunk] for line in (*crops, *flips)], out=views[chunk])
                if jitter is not None:
                    _jittered(views[chunk], *(values[chunk] for values in jitter))
                self._grey(views[chunk], grey[chunk])
                self._normalise(views[chunk])
        return views.permute(0, 3, 1, 2)

    def _resample(self, images: Tensor, lines: list[Tensor], out: Tensor) -> None:
        n, height, width, channels = images.shape
        top, left, crop_height, crop_width, upside_down, mirrored = lines
        rows = resampling_weights(top, crop_height, height, self.size, upside_down)
        columns = resampling_weights(left, crop_width, width, self.size, mirrored)
        by_column = images.transpose(1, 2).to(torch.float32).reshape(n, width, height * channels)
        narrowed = torch.bmm(columns, by_column).view(n, self.size, height, channels)
        by_row = narrowed.transpose(1, 2).reshape(n, height, self.size * channels)
        torch.bmm(rows, by_row, out=out.view(n, self.size, self.size * channels))

    @staticmethod
    def _normalise(views: Tensor) -> None:
        views.sub_(_constant(IMAGENET_MEAN, views.device) * 255).div_(_constant(IMAGENET_STD, views.device) * 255)

    def random_crops(self, n: int, height: int, width: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        """Boxes as ``torchvision.transforms.RandomResizedCrop.get_params`` draws them.

        Returns
        -------
        top, left, height, width : torch.Tensor, float32, (n,)
            In whole pixels.
        """
        def uniform(*shape):
            return torch.rand(*shape, generator=generator, device=generator.device)

        low, high = self.crop_scale
        area = height * width * (low + (high - low) * uniform(CROP_ATTEMPTS, n))
        log_low, log_high = (torch.log(torch.tensor(float(ratio))).item() for ratio in self.crop_ratio)
        ratio = torch.exp(log_low + (log_high - log_low) * uniform(CROP_ATTEMPTS, n))
        widths, heights = torch.round(torch.sqrt(area * ratio)), torch.round(torch.sqrt(area / ratio))
        fits = (widths > 0) & (widths <= width) & (heights > 0) & (heights <= height)
        first = fits.to(torch.uint8).argmax(0, keepdim=True)  # 0 where none fits
        whole_width, whole_height = self._central_crop(height, width)
        any_fits = fits.any(0)
        crop_width = widths.gather(0, first)[0].masked_fill_(~any_fits, whole_width)
        crop_height = heights.gather(0, first)[0].masked_fill_(~any_fits, whole_height)
        top, left = (torch.floor(uniform(n) * (room + 1)).masked_fill_(~any_fits, centre) for room, centre in (
            (height - crop_height, (height - whole_height) // 2), (width - crop_width, (width - whole_width) // 2)))
        return top, left, crop_height, crop_width

    def _central_crop(self, height: int, width: int) -> tuple[float, float]:
        low, high = self.crop_ratio
        if width / height < low:
            return float(width), float(round(width / low))
        if width / height > high:
            return float(round(height * high)), float(height)
        return float(width), float(height)

    @staticmethod
    def _drawn(n: int, probability: float, generator: torch.Generator) -> Tensor:
        return torch.rand(n, generator=generator, device=generator.device) < probability

    def _jitter(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Contrast (n,), colour matrices (n, 3, 3), which include contrast and brightness, and brightness (n,)."""
        def uniform(largest: float) -> Tensor:
            return (torch.rand(n, generator=generator, device=generator.device) * 2 - 1) * largest

        brightness, contrast, saturation = (1 + uniform(.8 * self.colour_jitter) for _ in range(3))
        turn = uniform(.2 * self.colour_jitter) * 2 * torch.pi
        turned = torch.zeros(n, 3, 3, device=generator.device)
        turned[:, 0, 0] = 1
        turned[:, 1, 1] = turned[:, 2, 2] = saturation * turn.cos()
        turned[:, 2, 1] = saturation * turn.sin()
        turned[:, 1, 2] = -turned[:, 2, 1]
        to_yiq, from_yiq = (_constant(matrix, generator.device) for matrix in (YIQ, FROM_YIQ))
        matrices = (brightness * contrast)[:, None, None] * (from_yiq @ turned @ to_yiq)
        untouched = ~self._drawn(n, JITTERED, generator)
        matrices = torch.where(untouched[:, None, None], torch.eye(3, device=generator.device), matrices)
        return contrast.masked_fill_(untouched, 1), matrices, brightness.masked_fill_(untouched, 1)

    @staticmethod
    def _grey(views: Tensor, chosen: Tensor) -> None:
        weights = _constant(GREY, views.device)
        if views.is_cuda:  # all of them: to know how many are chosen, the processor would have to wait for the device
            torch.where(chosen[:, None, None, None], (views @ weights)[..., None], views, out=views)
            return
        chosen = chosen.nonzero()[:, 0]
        grey = views[chosen] @ weights
        views[chosen] = grey[..., None].expand(*grey.shape, views.shape[-1])


@functools.cache
def _constant(values: tuple, device: torch.device) -> Tensor:
    """Numbers on a device, put there once: in a CUDA graph nothing can be copied from the processor."""
    return torch.tensor(values, device=device)


def _jittered(views: Tensor, contrast: Tensor, matrices: Tensor, brightness: Tensor) -> None:
    """Change the colours of views (n, height, width, 3), from 0 to 255, in place."""
    pixels = views.view(len(views), -1, 3)
    mean_grey = pixels.mean(1) @ _constant(GREY, views.device)
    offset = brightness * (1 - contrast) * mean_grey  # contrast is about the image's mean grey level
    pixels.copy_(torch.baddbmm(offset[:, None, None], pixels, matrices.mT).clamp_(0, 255))


def resampling_weights(start: Tensor, extent: Tensor, n_pixels: int, size: int, flipped: Tensor) -> Tensor:
    """Weights of antialiased bilinear interpolation of a part of a line of pixels, one matrix an image.

    Parameters
    ----------
    start, extent : torch.Tensor, float32, (n,)
        First pixel and number of pixels of the part.
    n_pixels : int
        Length of the line.
    size : int
        Number of pixels that the part becomes.
    flipped : torch.Tensor, bool, (n,)
        Where the result is to be reversed.

    Returns
    -------
    torch.Tensor, float32, (n, size, n_pixels)
        Rows sum to 1; weights outside of the part are 0.
    """
    output = torch.arange(size, device=start.device, dtype=torch.float32)
    output = torch.where(flipped[:, None], size - 1 - output, output)
    scale = (extent / size)[:, None]
    centre = start[:, None] + (output + .5) * scale - .5
    pixel = torch.arange(n_pixels, device=start.device, dtype=torch.float32)
    weights = pixel.sub(centre[..., None]).abs_().div_(scale.clamp(min=1)[..., None]).neg_().add_(1).clamp_(min=0)
    inside = (pixel >= start[:, None]) & (pixel < (start + extent)[:, None])
    weights *= inside[:, None]
    return weights.div_(weights.sum(-1, keepdim=True))
