"""What a score means, said in two lines."""
import re

import pytest
from brainscore_vision import load_benchmark, load_model

from brainscore_plugin.explain import explain

MODEL, BENCHMARK = 'pixels64', 'SimulatedMouse.VISp-pls'


def test_the_number_is_said_beside_chance_and_truth():
    meaning, against = explain(MODEL, BENCHMARK)
    value = load_benchmark(BENCHMARK)(load_model(MODEL))
    assert f'{value.item():.3f} ± {value.attrs["error"]:.3f}' in meaning
    assert 'correlation' in meaning
    chance, truth = (float(number) for number in re.findall(r'(-?\d\.\d+) ±', against))
    assert abs(chance) < .1 < value.item() + .1 < truth


def test_an_unknown_model_is_told_before_anything_is_loaded():
    with pytest.raises(LookupError, match='Did you mean pixels64'):
        explain('pixels46', BENCHMARK)
