"""Where an output pixel lies on the input image.

The conventions of the whole package:

- pixel centres lie at half-integer coordinates (``align_corners=False``, as in torch and cv2);
- sizes are ``(h, w)``;
- scale factors are ``(w, h)``, as OpenMMLab's metas have them;
- boxes are ``(x1, y1, x2, y2)``.
"""

import torch
from torch import Tensor


def project(
    source: int, target: int, *, device: torch.device | str | None = None
) -> tuple[Tensor, Tensor]:
    """Project the output pixels of one axis onto the input axis.

    Output pixel ``i`` has its centre at ``x = (i + 1/2) * source / target - 1/2`` of the input.
    Its neighbour P is ``floor(x)``, its offset is ``x - P``. The division is made in integers, so
    that the offset is exact to the last bit of float32 however long the axis is, and whatever
    autocast says.

    Args:
        source: length of the input axis, in pixels, at least 1.
        target: length of the output axis, in pixels, at least 1.
        device: where the result is made.

    Returns:
        P, int64 of shape (target,), in [0, source - 1] when downsizing and from -1 on when
        enlarging, as a pixel near the border then has a neighbour outside the image; and the
        offset from P, float32 of shape (target,), in [0, 1).

    Example:
        >>> first, offset = project(10, 4)
        >>> first.tolist(), offset.tolist()
        ([0, 3, 5, 8], [0.75, 0.25, 0.75, 0.25])

    Source: DownsizeNet (Ma and Li), "floating point pooling": P and (dx, dy).
    """
    pixels = torch.arange(target, device=device)
    first = top_left(pixels, source, target)
    numerator = (2 * pixels + 1) * source - target - 2 * target * first
    return first, numerator.float() / (2 * target)


def top_left(pixel: int | Tensor, source: int, target: int) -> int | Tensor:
    """Find the neighbour P of output pixels on one axis; see `project`.

    Example:
        >>> [top_left(pixel, 10, 4) for pixel in range(4)]
        [0, 3, 5, 8]
    """
    return ((2 * pixel + 1) * source - target) // (2 * target)
