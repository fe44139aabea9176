"""Makes weights/sensorium_twin.npz of a published checkpoint: its core, and the readouts of 600 of its 7,776 neurons.

    python embed_twin.py sensorium_sota_model.pth

The checkpoint is notebooks/model_tutorial/model_checkpoints/pretrained/sensorium_sota_model.pth of sinzlab/sensorium,
commit c433fed, MIT licence. It is read without unpickling anything but tensors.
"""
import argparse
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import elu

SESSION = '26872-17-20'
N_NEURONS = 600  # three groups of 200
SEED = 0
SOURCE = 'sinzlab/sensorium@c433fed, notebooks/model_tutorial/model_checkpoints/pretrained/sensorium_sota_model.pth'
LICENSE = 'MIT, see LICENSE'
CHANGES = 'readouts of 600 of 7,776 neurons, drawn at random; their positions computed; nothing rounded'


def embed(state: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """The arrays that are kept of a checkpoint.

    Parameters
    ----------
    state : dict of str to torch.Tensor
        As published.

    Returns
    -------
    dict of str to numpy.ndarray
        The core's weights by their names, float32; and of the neurons `unit` (their number in the session), `feature`
        (n_neurons, 64 channels), `bias` (n_neurons,) and `position` (n_neurons, 2), x and y from -1 to 1.
    """
    n_published = len(state[f'readout.{SESSION}.bias'])
    units = np.sort(np.random.default_rng(SEED).permutation(n_published)[:N_NEURONS])
    kept = {name: tensor.numpy() for name, tensor in state.items()
            if name.startswith('core.features.') and tensor.is_floating_point()}
    return {**kept, 'unit': units, 'feature': state[f'readout.{SESSION}._features'][0, :, 0, units].T.numpy(),
            'bias': state[f'readout.{SESSION}.bias'][units].numpy(), 'position': _positions(state)[units].numpy(),
            'source': np.array(SOURCE), 'license': np.array(LICENSE), 'changes': np.array(CHANGES)}


def _positions(state: dict[str, torch.Tensor]) -> torch.Tensor:
    """Where the neurons read, (n_neurons, 2), by the published network from their places in cortex."""
    weights = {name.removeprefix(f'readout.{SESSION}.'): tensor for name, tensor in state.items()}
    hidden = elu(weights['source_grid'] @ weights['mu_transform.0.weight'].T + weights['mu_transform.0.bias'])
    return torch.tanh(hidden @ weights['mu_transform.2.weight'].T + weights['mu_transform.2.bias'])


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('checkpoint', type=Path)
    published = torch.load(parser.parse_args().checkpoint, map_location='cpu', weights_only=True)
    np.savez_compressed(Path(__file__).parent / 'weights' / 'sensorium_twin.npz', **embed(published))
