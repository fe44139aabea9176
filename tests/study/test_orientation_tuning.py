"""Filters respond most to gratings of their own orientation."""
import numpy as np
from fabricated.gabors import coloured, orientation_error, random_gabors

from study.gabor import gabor
from study.orientation_tuning import tuning_curve

SIZE = 11


def test_a_filter_responds_most_to_gratings_of_its_orientation():
    truth = random_gabors(20).assign(aspect=1.5)
    filters = coloured(gabor(truth, SIZE))
    orientations, response = tuning_curve(filters, truth.frequency_cycles_per_pixel.to_numpy())
    assert response.shape == (20, 36)
    best = orientations[response.argmax(axis=1)]
    assert np.quantile(orientation_error(best, truth.orientation_deg), .9) < 10
