"""Compute band by band what an image becomes, so that what is made on the way stays small."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from .axis import Axis

# What a band may hold of feature maps, in bytes. On a CPU, what fits into the cache; elsewhere,
# little against the memory, and enough to keep the device busy.
_BAND = {'cpu': 5 * 2**20}
_BAND_ELSEWHERE = 2**28
_LEAST_ROWS = 32


def interpolate_in_bands(
    function: Callable[[Tensor, Axis, Axis], Tensor],
    image: Tensor,
    rows: Axis,
    cols: Axis,
    *,
    halo: int,
    channels: int,
) -> Tensor:
    """Apply a function that makes feature maps as large as its input on the way to a small one.

    It is called with a few images and rows at a time. In training, it is called again for the
    gradients, so that no map is kept in between. A graph that torch traces has one band: what a
    compiler keeps and fuses is its own to choose.

    Args:
        function: of a part of the images, of the rows that are computed and of the columns, to the
            part of the result. It computes with the axes alone, so that each part comes out as it
            does in the whole.
        image: shape (N, C, H, W).
        rows: the h rows of the result.
        cols: the w columns of the result.
        halo: input rows above and below P that an output pixel depends on.
        channels: of the widest map of the input's size that the function computes.

    Returns:
        What the function makes of the whole, of shape (N, ..., h, w).

    Example:
        >>> image = torch.rand(2, 3, 100, 100)
        >>> rows = cols = Axis.recall(image, 2, 30, taps=2, distance='bilinear')
        >>> def nearest(image, rows, cols):
        ...     return image[:, :, rows.first][..., cols.first]
        >>> banded = interpolate_in_bands(nearest, image, rows, cols, halo=0, channels=16)
        >>> torch.equal(banded, nearest(image, rows, cols))
        True
    """
    if torch.compiler.is_compiling() or torch.jit.is_tracing():
        return function(image, rows, cols)
    learns = torch.is_grad_enabled()

    def interpolate(*part: Tensor | Axis) -> Tensor:
        if learns:
            return checkpoint(function, *part, use_reentrant=False, preserve_rng_state=False)
        return function(*part)

    limit = _BAND.get(image.device.type, _BAND_ELSEWHERE)
    # Far places share nothing: of the input, only what is around each of them becomes a map.
    down, right = (max(2 * halo + 1, 2 * axis.radius) for axis in (rows, cols))
    row = channels * min(image.shape[-1], right * cols.target) * image.element_size()
    images = max(1, limit // (row * min(_LEAST_ROWS, image.shape[-2])))
    height = max(1, round(limit / (row * min(images, len(image)) * min(rows.scale, down))))
    return torch.cat(
        [
            torch.cat(
                [
                    interpolate(chunk[:, :, source], part, cols)
                    for source, part in _bands(rows, height=height, halo=halo)
                ],
                dim=2,
            )
            for chunk in image.split(images)
        ]
    )


def _bands(rows: Axis, *, height: int, halo: int) -> Iterator[tuple[slice, Axis]]:
    """Cut the axis into bands of at most `height` output rows: their input rows, and their axis."""
    step = math.ceil(rows.target / math.ceil(rows.target / height))
    for start in range(0, rows.target, step):
        yield rows.part(start, min(start + step, rows.target), halo=halo)
