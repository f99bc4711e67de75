"""Relative distance maps: what the position of an output pixel alone says of its taps."""

from collections.abc import Callable

import torch
from torch import Tensor


def _bilinear(distance: Tensor, scale: float) -> Tensor:
    return (1 - distance.abs()).clamp(min=0)


def _nearest(distance: Tensor, scale: float) -> Tensor:
    return ((distance > -0.5) & (distance <= 0.5)).to(distance.dtype)


def _offset(distance: Tensor, scale: float) -> Tensor:
    return torch.exp(-distance.abs())


def _bicubic(distance: Tensor, scale: float, a: float = -0.75) -> Tensor:
    x = distance.abs()
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return torch.where(x <= 1, near, torch.where(x < 2, far, 0.0))


def _antialiased(distance: Tensor, scale: float) -> Tensor:
    return (1 - distance.abs() / max(scale, 1.0)).clamp(min=0)


DISTANCES: dict[str, Callable[[Tensor, float], Tensor]] = {
    'nearest': _nearest,
    'bilinear': _bilinear,
    'offset': _offset,
    'bicubic': _bicubic,
    'antialiased': _antialiased,
}
"""Weight of a tap at a signed distance (pixels), when one output pixel spans `scale` pixels."""


def axis_distance(name: str, offset: Tensor, *, radius: int, scale: float) -> Tensor:
    """Weigh the taps of one axis by their distance from the projected point.

    The relative distance map of the paper is the outer product of two of these, one an axis: with
    two taps and 'bilinear' its four channels are ``(1-dx)(1-dy), dx(1-dy), (1-dx)dy, dx dy``.

    - 'bilinear': ``max(0, 1 - |t|)``, t the distance of the tap in pixels;
    - 'nearest': one for the nearest tap, of two as near for the latter, else zero: 'nearest-exact'
      of torch;
    - 'offset': ``exp(-|t|)``: its logarithm, which the softmax normalizer reads, is the plain
      city-block offset;
    - 'bicubic': Keys' cubic with a = -0.75, as in torch and cv2. Its outer lobes are negative;
    - 'antialiased': ``max(0, 1 - |t| / s)``, s = max(scale, 1): the triangle that grows with the
      ratio, as torch's ``antialias=True`` has it.

    Args:
        name: a key of `DISTANCES`.
        offset: offset of the projected point from P, float32 of shape (n,), in [0, 1).
        radius: taps on either side of the projected point, at least 1.
        scale: input pixels per output pixel on this axis.

    Returns:
        Weights of the taps ``P - radius + 1 ... P + radius``, float32 of shape (2 * radius, n).
        They sum to one over the taps for 'nearest' and 'bilinear', and for 'bicubic' from four
        taps on; the caller normalizes.

    Raises:
        ValueError: the name is unknown.

    Example:
        >>> axis_distance('bilinear', torch.tensor([0.25]), radius=1, scale=3.0).flatten().tolist()
        [0.75, 0.25]

    Source: DownsizeNet (Ma and Li), "relative distance map"; the maps are our reading of it.
    """
    if name not in DISTANCES:
        raise ValueError(f'distance is one of {sorted(DISTANCES)}, got {name!r}')
    taps = torch.arange(1 - radius, radius + 1, device=offset.device, dtype=torch.float32)
    return DISTANCES[name](taps[:, None] - offset, scale)
