"""Floating point pooling, and convolutions that are evaluated only where it reads them."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .fusion import fuses

# A window around every place holds nine vectors. With more places per pixel than this, selecting
# so many costs more than the convolution of all pixels.
_SPARSE = 0.25


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
    batch, channels, height, width = features.shape
    rows, cols = rows.clamp(0, height - 1), cols.clamp(0, width - 1)
    images = torch.arange(batch, device=features.device) * height
    places = ((images[:, None] + rows)[:, :, None] * width + cols).flatten()
    # With the channels last, a selection copies whole vectors, not single numbers.
    vectors = features.permute(0, 2, 3, 1).reshape(-1, channels)
    selected = vectors.index_select(0, places)
    return selected.view(batch, len(rows), len(cols), channels).permute(0, 3, 1, 2)


def conv_float_pool(
    image: Tensor,
    weights: Sequence[tuple[Tensor, Tensor]],
    rows: Tensor | range,
    cols: Tensor | range,
    *,
    spacing: int = 1,
) -> Tensor:
    """Apply a chain of 3x3 convolutions and ReLUs, and pool its features at P.

    A feature outside the map is the one at its border (padding by replication). Equal to
    ``float_pool(relu(conv_k(... relu(conv_1(image)))), rows, cols)``, but computed only where it is
    read. Where what the places read does not overlap, it is cut out of the image and put side by
    side, and convolved as an image of its own. Where it does, all convolutions but the last are
    dense, and the last one, too, if the places are more than a quarter of the map; else it is
    computed at the places alone: it strides over the map where they are evenly spaced, and over
    windows selected from it where they are not.

    Args:
        image: shape (N, C, H, W).
        weights: weight and bias of each convolution, of shapes (O, I, 3, 3) and (O,).
        rows: row of P for each output row, int64 of shape (h,), or a range inside the image.
        cols: column of P for each output column, int64 of shape (w,), or a range likewise.
        spacing: how far neighbouring places lie apart at least, in rows and columns; half of it
            is how far all of them are from the border, rounded down.

    Returns:
        Shape (N, O of the last, h, w).

    Example:
        >>> weight, bias, at = torch.rand(2, 1, 3, 3), torch.rand(2), torch.tensor([1, 4, 7])
        >>> image = torch.rand(1, 1, 9, 9)
        >>> fast = conv_float_pool(image, [(weight, bias)], at, at, spacing=3)
        >>> dense = F.conv2d(image, weight, bias).relu()  # its first row and column lie at 1
        >>> torch.allclose(fast, float_pool(dense, at - 1, at - 1), atol=1e-6)
        True
    """
    height, width = image.shape[-2:]
    if fuses(image, weights):
        from .fused import conv2_float_pool

        places = (_tensor(places, image.device) for places in (rows, cols))
        return conv2_float_pool(image, weights, *places)
    if spacing > 2 * len(weights):
        return _conv_tiles(image, weights, rows, cols)
    if len(rows) * len(cols) > _SPARSE * height * width:
        places = (_tensor(places, image.device) for places in (rows, cols))
        return float_pool(_dense(image, weights, range(height), range(width)), *places)
    *before, (weight, bias) = weights
    if _even(rows) and _even(cols):
        read = (range(places[0] - 1, places[-1] + 2) for places in (rows, cols))
        features = _dense(image, before, *read)
        return F.conv2d(features, weight, bias, stride=(rows.step, cols.step)).relu_()
    features = _dense(image, before, range(height), range(width))
    rows, cols = (
        _around(_tensor(places, image.device).clamp(0, length - 1), 1).clamp(0, length - 1)
        for places, length in ((rows, height), (cols, width))
    )
    return F.conv2d(float_pool(features, rows, cols), weight, bias, stride=3).relu_()


def _conv_tiles(
    image: Tensor,
    weights: Sequence[tuple[Tensor, Tensor]],
    rows: Tensor | range,
    cols: Tensor | range,
) -> Tensor:
    """Convolve the tiles around the places, laid side by side: only what is read is read."""
    reach = len(weights)
    rows, cols = (_around(_tensor(places, image.device), reach) for places in (rows, cols))
    places = (rows[:, None] * image.shape[-1] + cols).flatten()
    tiles = image.flatten(2).gather(2, places.expand(*image.shape[:2], -1))
    tiles = tiles.unflatten(2, (len(rows), len(cols)))
    tiles = tiles.contiguous(memory_format=torch.channels_last)
    *before, (weight, bias) = weights
    for one in before:
        tiles = F.conv2d(tiles, *one).relu_()
    return F.conv2d(tiles, weight, bias, stride=2 * reach + 1).relu_()


def _dense(
    image: Tensor, weights: Sequence[tuple[Tensor, Tensor]], rows: range, cols: range
) -> Tensor:
    """Convolve densely, for the features of some rows and columns, all of them inside the map."""
    if not weights:
        return image[:, :, rows.start : rows.stop, cols.start : cols.stop]
    *before, (weight, bias) = weights
    height, width = image.shape[-2:]
    features = _dense(image, before, _widened(rows, height), _widened(cols, width))
    beyond = (cols.start == 0, cols.stop == width, rows.start == 0, rows.stop == height)
    if any(beyond):
        features = F.pad(features, [int(edge) for edge in beyond], mode='replicate')
    features = features.contiguous(memory_format=torch.channels_last)
    return F.conv2d(features, weight, bias).relu_()


def _widened(places: range, length: int) -> range:
    """Add the places on either side, as far as there are any."""
    return range(max(0, places.start - 1), min(length, places.stop + 1))


def _even(places: Tensor | range) -> bool:
    """Tell whether the windows around the places are evenly spaced and do not overlap."""
    return isinstance(places, range) and places.step >= 3


def _tensor(places: Tensor | range, device: torch.device) -> Tensor:
    if isinstance(places, range):
        return torch.arange(places.start, places.stop, places.step, device=device)
    return places


def _around(places: Tensor, reach: int) -> Tensor:
    """List the places ``p - reach ... p + reach`` around each place, one after another."""
    around = torch.arange(-reach, reach + 1, device=places.device)
    return (places[:, None] + around).flatten()
