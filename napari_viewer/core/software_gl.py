"""Keep Triton out of a process that draws in software: together they crash."""
import sys
from pathlib import Path

MAPS = Path('/proc/self/maps')  # the libraries of this process, on Linux


def keep_triton_out() -> None:
    """Let PyTorch do without Triton, its compiler for GPUs, if Mesa draws in software in this process.

    Both bring an LLVM of their own, and loading Triton's after Mesa's ends in a segmentation fault. torchvision imports
    Triton wherever it is installed; nothing that the viewer computes needs it. Call this before PyTorch is imported.
    """
    if 'triton' not in sys.modules and MAPS.is_file() and 'libLLVM' in MAPS.read_text(errors='replace'):
        sys.modules['triton'] = None  # importing it raises ImportError, which PyTorch is ready for
