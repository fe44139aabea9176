"""`alexnet64_untrained` and `alexnet64_kaiming` with other random weights: what a difference between models is worth.

Models that differ in their training differ in the seed of their weights too; these differ in nothing else.
"""
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from brainscore_vision.models.alexnet64.model import BIBTEX, commit, convolutional_trunk


def untrained(seed: int) -> ModelCommitment:
    """AlexNet's convolutional layers with random weights of that seed; `alexnet64_untrained` is seed 0."""
    return commit(f'alexnet64_untrained_seed{seed}', convolutional_trunk(seed))


def kaiming(seed: int) -> ModelCommitment:
    """The initial weights of the networks with batch normalisation, of that seed; `alexnet64_kaiming` is seed 0."""
    return commit(f'alexnet64_kaiming_seed{seed}', convolutional_trunk(seed, 'kaiming'))


def get_bibtex(identifier: str) -> str:
    return BIBTEX
