"""From an image of any size to 64 x 64 pixels."""
import numpy as np
from PIL import Image

from training.domains.prepared import SIZE

RECIPE = {'size': SIZE, 'resize': 'shorter side to 64 pixels, bilinear with antialiasing', 'crop': 'centre',
          'colour': 'RGB; grey repeated; transparency and EXIF orientation ignored'}


def thumbnail(image: Image.Image) -> np.ndarray:
    """torchvision's Resize(64), then CenterCrop(64), without computing what the crop takes away again.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, of any size.

    Returns
    -------
    numpy.ndarray, uint8, (64, 64, 3)
    """
    width, height = image.size
    shorter = min(width, height)
    wide, high = int(SIZE * width / shorter), int(SIZE * height / shorter)  # truncated, as torchvision does
    left, top = round((wide - SIZE) / 2), round((high - SIZE) / 2)
    box = (left * width / wide, top * height / high, (left + SIZE) * width / wide, (top + SIZE) * height / high)
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BILINEAR, box=box))
