"""What is measured of an interpolator: a forward pass, and a step of its training."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..interpolators import Interpolator
from .contestants import Contestant

Step = Callable[[], None]
DTYPES = {'fp32': torch.float32, 'fp16': torch.float16, 'bf16': torch.bfloat16}
_TINY = (16, 16), (8, 8)


def random_image(
    batch: int,
    source: tuple[int, int],
    *,
    device: torch.device | str = 'cpu',
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Make images of random pixels, 0 to 255, the same every time; shape (batch, 3, *source)."""
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(256, (batch, 3, *source), generator=generator, dtype=torch.uint8)
    return pixels.to(device, dtype)


def forward_step(net: Interpolator, image: Tensor, size: tuple[int, int]) -> Step:
    """Make a step of inference; it puts the interpolator into evaluation mode now."""
    net.eval()

    @torch.no_grad()
    def step() -> None:
        net(image, size)

    return step


def training_step(net: Interpolator, image: Tensor, size: tuple[int, int]) -> Step:
    """Make a step of training, forward and backward, without an optimizer.

    It puts the interpolator into training mode now. One without parameters has nothing to go
    backward to, and goes forward only.
    """
    net.train()

    def step() -> None:
        net.zero_grad()
        small = net(image, size)
        if small.requires_grad:
            small.backward(torch.ones_like(small))

    return step


def make_training_step(
    contestant: Contestant, batch: int, source: tuple[int, int], target: tuple[int, int], dtype: str
) -> Step:
    """Make a step of training on the CPU from what another process can be told."""
    net = contestant.build().to(DTYPES[dtype])
    return training_step(net, random_image(batch, source, dtype=DTYPES[dtype]), target)


def why_unable(
    contestant: Contestant, *, device: torch.device | str, dtype: torch.dtype
) -> str | None:
    """Say why torch cannot compute a contestant in a dtype on a device; None if it can."""
    source, target = _TINY
    net = contestant.build().to(device, dtype)
    image = random_image(1, source, device=device, dtype=dtype)
    try:
        forward_step(net, image, target)()
        training_step(net, image, target)()
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return None
