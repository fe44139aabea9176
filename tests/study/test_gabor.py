"""Gabor functions look as their parameters say."""
import numpy as np
import pandas as pd

from study.gabor import gabor

SIZE = 11


def test_bars_are_named_by_their_orientation_as_seen():
    one = pd.DataFrame([{'orientation_deg': 0., 'frequency_cycles_per_pixel': .2, 'phase': 0., 'x': 0., 'y': 0.,
                         'sigma': 2., 'aspect': 1., 'amplitude': 1.}])
    horizontal = gabor(one, SIZE)[0]
    middle = SIZE // 2
    assert horizontal[middle, middle + 1] > .8  # along the bar
    assert horizontal[middle + 2, middle] < 0  # across it
    rising = gabor(one.assign(orientation_deg=45., aspect=2.), SIZE)[0]
    assert rising[middle - 2, middle + 2] > rising[middle + 2, middle + 2]  # towards the upper right
    off_centre = gabor(one.assign(x=2., y=3.), SIZE)[0]
    assert np.unravel_index(off_centre.argmax(), off_centre.shape) == (middle - 3, middle + 2)
