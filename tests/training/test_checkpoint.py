"""Backbones in checkpoints of runs and in bare state_dicts; published ones: test_authors_checkpoint.py."""
import pytest
import torch

from training.backbone import CONVOLUTIONS, SHAPES
from training.checkpoint import read_checkpoint


@pytest.fixture
def weights():
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def numbered(weights, prefix):
    return {f'{prefix}{CONVOLUTIONS[layer]}.{part}': tensor
            for key, tensor in weights.items() for layer, part in [key.split('.')]}


@pytest.mark.parametrize('prefix', ['backbone.', 'backbone.0.', ''])
def test_a_backbone_is_found_by_any_of_its_names(tmp_path, weights, prefix):
    torch.save({'state_dict': {**numbered(weights, prefix), 'head.weight': torch.zeros(2)}}, tmp_path / 'last.ckpt')
    found = read_checkpoint(tmp_path / 'last.ckpt')
    assert list(found) == list(SHAPES)
    assert all(torch.equal(found[name], tensor) for name, tensor in weights.items())


def test_what_holds_no_backbone_is_told(tmp_path):
    torch.save({'state_dict': {'fc.weight': torch.zeros(2)}}, tmp_path / 'other.ckpt')
    with pytest.raises(ValueError, match=r'other\.ckpt does not hold a backbone .* but fc\.weight'):
        read_checkpoint(tmp_path / 'other.ckpt')
    (tmp_path / 'cut.ckpt').write_bytes(b'PK\x03\x04')
    with pytest.raises(ValueError, match=r'cut\.ckpt is not a complete PyTorch checkpoint'):
        read_checkpoint(tmp_path / 'cut.ckpt')
