"""Gather the taps of every output pixel, and sum them by weight."""

import torch
from torch import Tensor


def neighbour_indices(first: Tensor, radius: int) -> Tensor:
    """List the taps of every output pixel along one axis.

    Args:
        first: the top-left neighbour P of each output pixel, int64 of shape (n,).
        radius: taps on either side of the projected point, at least 1.

    Returns:
        Indices ``P - radius + 1 ... P + radius``, int64 of shape (2 * radius, n). They may lie
        outside the image.

    Example:
        >>> neighbour_indices(torch.tensor([0, 3]), 2).T.tolist()
        [[-1, 0, 1, 2], [2, 3, 4, 5]]
    """
    taps = torch.arange(1 - radius, radius + 1, device=first.device)
    return taps[:, None] + first


def weighted_sum(image: Tensor, coefficients: Tensor, rows: Tensor, cols: Tensor) -> Tensor:
    """Sum the taps of every output pixel, weighted: the interpolation itself.

    ``out[n, c, y, x] = sum over i, j of
    coefficients[n, c * G // C, i, j, y, x] * image[n, c, rows[i, y], cols[j, x]]``

    Args:
        image: shape (N, C, H, W).
        coefficients: shape (N, G, I, J, h, w), G a divisor of C: channel c is weighted by group
            ``c * G // C``. Of shape (1, ...) it serves all images.
        rows: taps of each output row, int64 of shape (I, h). An index outside the image stands
            for the pixel at its border.
        cols: taps of each output column, int64 of shape (J, w), likewise.

    Returns:
        Shape (N, C, h, w), in the dtype of the image.

    Example:
        >>> image = torch.arange(4.).view(1, 1, 2, 2)
        >>> taps = torch.tensor([[0], [1]])
        >>> weighted_sum(image, torch.full((1, 1, 2, 2, 1, 1), 0.25), taps, taps).item()
        1.5

    Source: DownsizeNet (Ma and Li), the interpolation formula.
    """
    batch, channels, height, width = image.shape
    groups, *_, target_height, target_width = coefficients.shape[1:]
    # One gather of all taps: it copies far faster than a selection of rows, then of columns.
    places = rows.clamp(0, height - 1)[:, None, :, None] * width
    places = (places + cols.clamp(0, width - 1)[None, :, None, :]).flatten()
    taps = image.flatten(2).gather(2, places.expand(batch, channels, -1))
    taps = taps.view(batch, groups, channels // groups, -1, target_height, target_width)
    weights = coefficients.to(image.dtype).flatten(2, 3).unsqueeze(2)
    return (taps * weights).sum(dim=3).flatten(1, 2)
