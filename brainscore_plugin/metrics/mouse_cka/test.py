import numpy as np
import pytest
from brainscore_vision.metrics.mouse_cka.cka import alignment


def test_features_that_are_the_responses_align_completely():
    features = np.random.default_rng(0).standard_normal((40, 12))
    noise = np.random.default_rng(1).standard_normal((40, 20, 12))
    assert alignment(features, np.repeat(features[:, None], 2, axis=1), 1, 0).corrected()[0] == pytest.approx(1)
    assert alignment(features, features[:, None] + noise, 5, 0).corrected()[0] == pytest.approx(1, abs=.05)
