"""Floating point pooling, and convolutions that are evaluated only where it reads them."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def float_pool(features: Tensor, rows: Tensor, cols: Tensor) -> Tensor:
    """Select the features at the neighbour P of every output pixel.

    Args:
        features: shape (N, C, H, W).
        rows: row of P for each output row, int64 of shape (h,). A row outside the map stands for
            the one at its border.
        cols: column of P for each output column, int64 of shape (w,), likewise.

    Returns:
        Shape (N, C, h, w).

    Example:
        >>> features = torch.arange(9.).view(1, 1, 3, 3)
        >>> float_pool(features, torch.tensor([-1, 2]), torch.tensor([1])).flatten().tolist()
        [1.0, 7.0]

    Source: DownsizeNet (Ma and Li), "floating point pooling".
    """
    height, width = features.shape[-2:]
    rows, cols = rows.clamp(0, height - 1), cols.clamp(0, width - 1)
    # With the channels last, a selection copies whole vectors, not single numbers.
    selected = features.permute(0, 2, 3, 1).index_select(1, rows).index_select(2, cols)
    return selected.permute(0, 3, 1, 2)


def conv_float_pool(
    image: Tensor, convs: Sequence[nn.Conv2d], rows: Tensor, cols: Tensor
) -> Tensor:
    """Apply a chain of 3x3 convolutions and ReLUs, and pool its features at P.

    Equal to ``float_pool(relu(conv_k(... relu(conv_1(image)))), rows, cols)``, but each
    convolution is computed only where the next step reads it: the last one at the h x w places P,
    the one before it in the 3x3 windows around them, and so on, until the windows cover as much as
    the image holds; from there on down, it is dense. The places form a separable grid (rows times
    columns), so the windows are gathered by two selections and convolved with stride 3.

    Args:
        image: shape (N, C, H, W).
        convs: 3x3 convolutions of stride 1 with ``padding=1, padding_mode='replicate'``: a feature
            outside the image is the one at its border, which is what makes a window at the border
            a mere selection.
        rows: row of P for each output row, int64 of shape (h,).
        cols: column of P for each output column, int64 of shape (w,).

    Returns:
        Shape (N, convs[-1].out_channels, h, w).

    Example:
        >>> conv = nn.Conv2d(1, 2, 3, padding=1, padding_mode='replicate')
        >>> image, at = torch.rand(1, 1, 9, 9), torch.tensor([1, 4, 7])
        >>> fast = conv_float_pool(image, [conv], at, at)
        >>> torch.allclose(fast, float_pool(conv(image).relu(), at, at), atol=1e-6)
        True
    """
    image = image.contiguous(memory_format=torch.channels_last)
    if not convs:
        return float_pool(image, rows, cols)
    height, width = image.shape[-2:]
    if 9 * len(rows) * len(cols) >= height * width:
        for conv in convs:
            image = conv(image).relu()
        return float_pool(image, rows, cols)
    *before, last = convs
    windows = conv_float_pool(image, before, _windows(rows, height), _windows(cols, width))
    return F.conv2d(windows, last.weight, last.bias, stride=3).relu()


def _windows(places: Tensor, length: int) -> Tensor:
    """List the neighbours ``p - 1, p, p + 1`` of each place inside the axis, one after another."""
    around = torch.arange(-1, 2, device=places.device)
    return (places.clamp(0, length - 1)[:, None] + around).clamp(0, length - 1).flatten()
