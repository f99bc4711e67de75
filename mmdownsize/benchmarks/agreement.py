"""How far the fast path of a DownsizeNet is from the plain one: rounding, and nothing else."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor

from .contestants import Contestant, PlainPath
from .passes import random_image


def path_difference(
    contestant: Contestant,
    source: tuple[int, int],
    target: tuple[int, int],
    *,
    batch: int = 1,
    device: torch.device | str = 'cpu',
) -> dict[str, float]:
    """Compare the fast path of a randomly initialized DownsizeNet with the plain one, in float32.

    Args:
        contestant: a DownsizeNet.
        source: height and width of the images, in pixels.
        target: height and width of what comes out.
        batch: number of images.
        device: where it is computed; convolutions in full float32, without TF32.

    Returns:
        The largest difference of the output, ``forward``, and of the gradients of the parameters,
        ``gradient``, each in proportion to the largest value of its tensor; and ``rounding``, how
        far the gradients of the plain path itself are from those in float64. The sums of gradients
        cancel, and a feature near zero falls on either side of its ReLU: the more convolutions,
        the more of float32 is lost on any path.
    """
    fast = contestant.build(init='random').to(device)
    exact = copy.deepcopy(fast).double()
    image = random_image(batch, source, device=device)
    generator = torch.Generator().manual_seed(1)
    cotangent = torch.randn(batch, 3, *target, generator=generator).to(device)
    results = []
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        for net in (fast, PlainPath(fast), PlainPath(exact)):
            dtype = next(net.parameters()).dtype
            small = net(image.to(dtype), target)
            gradients = torch.autograd.grad(small, list(net.parameters()), cotangent.to(dtype))
            results.append((small.detach(), gradients))
    (ours, our_gradients), (theirs, their_gradients), (_, exact_gradients) = results
    return dict(
        forward=_largest([ours], [theirs]),
        gradient=_largest(our_gradients, their_gradients),
        rounding=_largest(their_gradients, exact_gradients),
    )


def _largest(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    pairs = zip(ours, theirs, strict=True)
    tiny = torch.finfo(torch.float32).tiny
    return max(float((a - b).abs().max() / b.abs().max().clamp(min=tiny)) for a, b in pairs)
