"""Models that say what a score is worth: the image itself, chance, and the truth of each simulated mouse."""
import hashlib
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from PIL import Image
from torch import nn

VISUAL_DEGREES = 120  # width of the screen in Allen Visual Coding
REGIONS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl', 'V1', 'V2', 'V4', 'IT')
N_RANDOM_FEATURES = 1000


def pixels64() -> ModelCommitment:
    """The image itself, reduced to 64 x 64: 3 x 64 x 64 intensities from 0 to 1."""
    def preprocess(paths):
        return np.stack([_read(path, 'RGB', 64).transpose(2, 0, 1) for path in paths]).astype(np.float32) / 255
    return _commit('pixels64', preprocess)


def random_features() -> ModelCommitment:
    """1,000 normal numbers seeded by a hash of the image's name: the same each time, and unrelated to the image.

    The name is that of the file without its ending, which for this project's stimulus sets is the stimulus_id.
    What a benchmark gives this model is what it gives chance.
    """
    def preprocess(paths):
        return np.stack([_generator(Path(path).stem).standard_normal(N_RANDOM_FEATURES) for path in paths]
                        ).astype(np.float32)
    return _commit('random_features', preprocess)


def gabor_oracle() -> ModelCommitment:
    """The simulated mouse's own noise-free features: no model can explain it better."""
    # the oracles know other plugins: what they read off is those plugins' truth
    from brainscore_vision.data.simulated_mouse.recording import simulated_population
    from brainscore_vision.data.simulated_mouse.scenes import SCENE_SIZE
    population = simulated_population()

    def preprocess(paths):
        return population.features(np.stack([_read(path, 'L', SCENE_SIZE) for path in paths]))
    return _commit('gabor_oracle', preprocess)


def twin_oracle() -> ModelCommitment:
    """What the twin predicts of its 600 neurons, noise-free: no model can explain the twin mouse better."""
    from brainscore_vision.data.TwinMouse.twin import Twin, as_input
    twin = Twin()

    def preprocess(paths):
        images = []
        for path in paths:
            with Image.open(path) as image:
                images.append(as_input(image))
        return twin.rates(np.stack(images))
    return _commit('twin_oracle', preprocess)


class Features(nn.Module):
    """Hands on what the preprocessing computed, so that Brain-Score can record it as a layer."""

    def __init__(self):
        super().__init__()
        # Brain-Score asks a model's parameters for their precision; double keeps the oracle's features exact
        self.precision = nn.Parameter(torch.zeros((), dtype=torch.float64), requires_grad=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features


def _commit(identifier: str, preprocess) -> ModelCommitment:
    model = nn.Sequential(OrderedDict(features=Features()))
    wrapper = PytorchWrapper(identifier=identifier, model=model, preprocessing=preprocess)
    return ModelCommitment(identifier=identifier, activations_model=wrapper, layers=['features'],
                           region_layer_map=dict.fromkeys(REGIONS, 'features'), visual_degrees=VISUAL_DEGREES)


def _read(path: str, mode: str, size: int) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode).resize((size, size), Image.Resampling.BILINEAR))


def _generator(name: str) -> np.random.Generator:
    return np.random.default_rng(list(hashlib.sha256(name.encode()).digest()))
