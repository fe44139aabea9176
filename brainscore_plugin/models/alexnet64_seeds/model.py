"""`alexnet64_untrained` with other random weights: what a difference between two models is worth.

Models that differ in their training differ in the seed of their weights too; these differ in nothing else.
"""
import functools

from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper, load_preprocess_images
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from brainscore_vision.models.alexnet64.model import (
    BIBTEX,
    IMAGE_SIZE,
    IMAGENET_MEAN,
    IMAGENET_STD,
    LAYERS,
    REGION_LAYER_MAP,
    VISUAL_DEGREES,
    convolutional_trunk,
)


def untrained(seed: int) -> ModelCommitment:
    """AlexNet's convolutional layers with random weights of that seed; `alexnet64_untrained` is seed 0."""
    identifier = f'alexnet64_untrained_seed{seed}'
    preprocessing = functools.partial(load_preprocess_images, image_size=IMAGE_SIZE,
                                      normalize_mean=IMAGENET_MEAN, normalize_std=IMAGENET_STD)
    wrapper = PytorchWrapper(identifier=identifier, model=convolutional_trunk(seed), preprocessing=preprocessing)
    wrapper.image_size = IMAGE_SIZE
    return ModelCommitment(identifier=identifier, activations_model=wrapper, layers=LAYERS,
                           region_layer_map=REGION_LAYER_MAP, visual_degrees=VISUAL_DEGREES)


def get_bibtex(identifier: str) -> str:
    return BIBTEX
