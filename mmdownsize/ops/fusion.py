"""Where the fused kernels can be used."""

import importlib.util
import os
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.utils._python_dispatch import _get_current_dispatch_mode

WIDTHS = 16, 32, 64
MOST_CHANNELS = 7  # of which 3x3 pixels are at most 64 numbers
_DTYPES = torch.uint8, torch.float32, torch.float16, torch.bfloat16


def fuses(image: Tensor, weights: Sequence[tuple[Tensor, Tensor]]) -> bool:
    """Tell whether the kernels of `mmdownsize.ops.fused` serve two convolutions of an image.

    They need Triton and a CUDA device (or the CPU under Triton's interpreter, which the variable
    ``TRITON_INTERPRET=1`` asks for), numbers of at most 32 bits, and few channels, as what they
    work with has to fit into the memory that a block shares: at most seven of the image, and 16,
    32 or 64 of the convolutions. What they do not give is a gradient with respect to the image, and
    operations that ``torch.compile``, ``torch.jit.trace``, a subclass of tensors or a dispatch mode
    (of what counts FLOPs, say) could see.

    Example:
        >>> weights = [(torch.rand(16, c, 3, 3), torch.rand(16)) for c in (3, 16)]
        >>> fuses(torch.rand(1, 3, 8, 8, dtype=torch.float64), weights)
        False
    """
    if torch.compiler.is_compiling() or torch.jit.is_tracing():
        return False
    watched = type(image) is not Tensor or _get_current_dispatch_mode() is not None
    if watched or image.dtype not in _DTYPES or len(weights) != 2:
        return False
    widths = {len(weight) for weight, _ in weights}
    width = widths.pop()
    fits = not widths and width in WIDTHS and weights[0][0].shape[1] <= MOST_CHANNELS
    differentiates = torch.is_grad_enabled() and image.requires_grad
    interpreted = os.environ.get('TRITON_INTERPRET') == '1'
    runs = image.is_cuda or (image.device.type == 'cpu' and interpreted)
    return fits and runs and not differentiates and _has_triton()


@lru_cache(maxsize=1)
def _has_triton() -> bool:
    return importlib.util.find_spec('triton') is not None
