"""Random views of whole batches of images as tensors, on the device that trains."""
from dataclasses import dataclass

import torch
from torch import Tensor

from .backbone import IMAGENET_MEAN, IMAGENET_STD

GREY = (.2989, .587, .114)  # ITU-R 601, as torchvision has it
CPU_CHUNK = 16  # images whose copies stay in a core's cache
CROP_ATTEMPTS = 10  # torchvision's; then the whole image


@dataclass(frozen=True)
class RandomViews:
    """Random resized crop, horizontal and vertical flip and greyscale, then ImageNet normalisation.

    Crops, flips and greys are distributed as those of torchvision's ``RandomResizedCrop`` (bilinear, antialiased),
    ``RandomHorizontalFlip``, ``RandomVerticalFlip`` and ``RandomGrayscale``, drawn for every image of a batch by
    itself. Cropping, resizing and flipping an image is linear in its rows and in its columns, so that it is two
    matrix products (Eq. ``view = R image C'`` with the resampling weights in R and C), which is what CPUs and GPUs do
    best.

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
    """
    size: int = 64
    crop_scale: tuple[float, float] = (.08, 1.)
    crop_ratio: tuple[float, float] = (3 / 4, 4 / 3)
    horizontal_flip: float = .5
    vertical_flip: float = .5
    greyscale: float = .2

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
        views = torch.empty(n, self.size, self.size, 3, device=images.device)
        step = n if images.is_cuda else CPU_CHUNK
        with torch.autocast(images.device.type, enabled=False):
            for chunk in (slice(start, start + step) for start in range(0, n, step)):
                self._resample(images[chunk], [line[chunk] for line in (*crops, *flips)], out=views[chunk])
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
        mean, std = (torch.tensor(values, device=views.device) * 255 for values in (IMAGENET_MEAN, IMAGENET_STD))
        views.sub_(mean).div_(std)

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
        crop_width = torch.where(any_fits, widths.gather(0, first)[0], whole_width)
        crop_height = torch.where(any_fits, heights.gather(0, first)[0], whole_height)
        top = torch.where(any_fits, torch.floor(uniform(n) * (height - crop_height + 1)), (height - whole_height) // 2)
        left = torch.where(any_fits, torch.floor(uniform(n) * (width - crop_width + 1)), (width - whole_width) // 2)
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

    @staticmethod
    def _grey(views: Tensor, chosen: Tensor) -> None:
        chosen = chosen.nonzero()[:, 0]
        grey = views[chosen] @ torch.tensor(GREY, device=views.device)
        views[chosen] = grey[..., None].expand(*grey.shape, views.shape[-1])


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
