"""The twin that the twin mouse is made of: its NumPy is the published network, by PyTorch, on a made-up checkpoint."""
import numpy as np
import pytest
import torch
from brainscore_vision.data.TwinMouse import embed_twin
from brainscore_vision.data.TwinMouse.twin import HEIGHT, WIDTH, Twin
from conftest import real_data
from torch import nn

N_PUBLISHED = 700


class Published(nn.Module):
    """The published architecture, by PyTorch's own layers, with the names of its checkpoint."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 64, 9, bias=False)
        self.separable = nn.ModuleList(nn.ModuleList([
            nn.Conv2d(64, 64, 1, bias=False), nn.Conv2d(64, 64, 7, padding=3, groups=64, bias=False),
            nn.Conv2d(64, 64, 1, bias=False)]) for _ in range(3))
        self.norms = nn.ModuleList(nn.BatchNorm2d(64) for _ in range(4))
        for norm in self.norms:
            norm.running_mean.normal_(), norm.running_var.uniform_(.5, 2)
            nn.init.uniform_(norm.weight, .5, 2), nn.init.normal_(norm.bias)
        self.register_buffer('feature', torch.randn(1, 64, 1, N_PUBLISHED))
        self.register_buffer('bias', torch.randn(N_PUBLISHED))
        self.register_buffer('grid', torch.rand(N_PUBLISHED, 2) * 2 - 1)
        self.position = nn.Sequential(nn.Linear(2, 30), nn.ELU(), nn.Linear(30, 2), nn.Tanh())

    def checkpoint(self):
        state = {'core.features.layer0.conv.weight': self.first.weight}
        for layer, convolutions in enumerate(self.separable, 1):
            state |= {f'core.features.layer{layer}.ds_conv.{name}.weight': convolution.weight for name, convolution in
                      zip(('in_depth_conv', 'spatial_conv', 'out_depth_conv'), convolutions)}
        for layer, norm in enumerate(self.norms):
            state |= {f'core.features.layer{layer}.norm.{name}': tensor for name, tensor in norm.state_dict().items()}
        readout = {'_features': self.feature, 'bias': self.bias, 'source_grid': self.grid} | {
            f'mu_transform.{name}': tensor for name, tensor in self.position.state_dict().items()}
        return {name: tensor.detach() for name, tensor in {
            **state, **{f'readout.{embed_twin.SESSION}.{name}': tensor for name, tensor in readout.items()}}.items()}

    def forward(self, images):
        values = nn.functional.elu(self.norms[0](self.first(images)))
        for norm, convolutions in zip(self.norms[1:], self.separable):
            for convolution in convolutions:
                values = convolution(values)
            values = nn.functional.elu(norm(values))
        places = self.position(self.grid)[None, :, None].expand(len(images), -1, -1, -1)
        there = nn.functional.grid_sample(values, places, align_corners=True)[..., 0]
        return nn.functional.elu((there * self.feature[:, :, 0]).sum(dim=1) + self.bias) + 1


@pytest.fixture(scope='module')
def images():
    return np.random.default_rng(0).integers(0, 256, (3, HEIGHT, WIDTH)).astype(np.uint8)


def test_numpy_predicts_what_pytorch_does_after_embedding(images, tmp_path):
    torch.manual_seed(0)
    published = Published().eval()
    np.savez_compressed(tmp_path / 'twin.npz', **embed_twin.embed(published.checkpoint()))
    published.double()
    twin = Twin(tmp_path / 'twin.npz')
    with torch.no_grad():
        expected = published((torch.tensor(images[:, None]).double() - 113) / 60).numpy()  # single precision: positions
    assert len(set(twin.units)) == embed_twin.N_NEURONS
    assert twin.rates(images) == pytest.approx(expected[:, twin.units], abs=1e-4)


def test_what_is_embedded_predicts_what_the_published_network_does(images):
    """On the twins as they were published, where they are beside the clone."""
    path = real_data() / 'mouse' / 'sensorium_twins' / 'sensorium_sota_model.npz'
    if not path.is_file():
        pytest.skip('no published twins')
    with np.load(path, allow_pickle=False) as file:
        kept = embed_twin.embed({name: torch.tensor(file[name]) for name in file.files})
    with np.load(Twin.__init__.__defaults__[0], allow_pickle=False) as embedded:
        assert set(embedded.files) == set(kept)
        assert all(np.array_equal(embedded[name], kept[name]) or np.allclose(embedded[name], kept[name], atol=1e-6)
                   for name in kept if kept[name].dtype.kind in 'fi')
