"""The NT-Xent loss without a look at the device."""
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize


def nt_xent(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Normalised, temperature-scaled cross entropy (Chen et al. 2020, arXiv:2002.05709, Eq. 1) of pairs of views.

    Equal to ``lightly.loss.NTXentLoss``, which picks out similarities by a mask: how many there are has to be known
    before anything else is started, so that no CUDA graph can hold it.

    Parameters
    ----------
    first, second : torch.Tensor, float, (n, n_features)
        Embeddings; row i of both is a pair, all else is contrasted with it.
    temperature : float
        τ.

    Returns
    -------
    torch.Tensor, float, ()
    """
    views = normalize(torch.cat([first, second]), dim=1)
    itself = torch.eye(len(views), dtype=torch.bool, device=views.device)
    similarities = (views @ views.T / temperature).masked_fill(itself, -torch.inf)
    return cross_entropy(similarities, torch.arange(len(views), device=views.device).roll(len(first)))
