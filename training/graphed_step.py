"""A step of training as a CUDA graph: the device is given all of its work at once."""
from collections.abc import Callable

import torch
from torch import Tensor, nn

WARM_UP = 3  # steps in which libraries choose their kernels and allocate, as PyTorch's notes on CUDA graphs have it


class GraphedStep:
    """A loss and its gradients, recorded once and then replayed for other images.

    A step of a small network is some hundred kernels of a few microseconds, and a processor takes longer to start each
    than the device to run it. A graph starts all of them at once. What is recorded is bound to its memory: images come
    and the loss leaves by way of fixed tensors, and gradients are written over those of the step before.

    Parameters
    ----------
    loss : callable of torch.Tensor to torch.Tensor
        Of image numbers, int64 (n,), on the device; nothing in it may wait for the device.
    module : torch.nn.Module
        Whose parameters get gradients. Its buffers are left as they are by the recording.
    generator : torch.Generator
        Of the device, which `loss` draws from; may be seeded anew between steps.
    numbers : torch.Tensor
        Of a first step; all steps have as many.
    """

    def __init__(self, loss: Callable[[Tensor], Tensor], module: nn.Module, generator: torch.Generator,
                 numbers: Tensor):
        self.numbers = numbers.clone()
        buffers = list(module.buffers())
        kept, state = [buffer.clone() for buffer in buffers], generator.get_state()
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream), _autocast():
            for _ in range(WARM_UP):
                module.zero_grad()
                loss(self.numbers).backward()
        torch.cuda.current_stream().wait_stream(stream)
        module.zero_grad()
        self.graph = torch.cuda.CUDAGraph()
        self.graph.register_generator_state(generator)
        with torch.cuda.graph(self.graph), _autocast():
            value = loss(self.numbers)
            value.backward()
            self.loss = value.detach()
        with torch.no_grad():
            for buffer, before in zip(buffers, kept, strict=True):
                buffer.copy_(before)
        generator.set_state(state)

    def __call__(self, numbers: Tensor) -> Tensor:
        """The loss of these images; parameters' gradients are those of this loss."""
        self.numbers.copy_(numbers)
        self.graph.replay()
        return self.loss.clone()


def _autocast() -> torch.autocast:
    """The precision that is in force, without the casts of weights that would be kept beyond a step."""
    return torch.autocast('cuda', torch.get_autocast_dtype('cuda'), torch.is_autocast_enabled('cuda'),
                          cache_enabled=False)
