"""A picture of one crop as several interpolators make it."""

from collections.abc import Mapping
from math import ceil

import numpy as np
import torch
from matplotlib.figure import Figure

from ..interpolators import DownsizeNet, Interpolator
from .picture import as_batch, as_picture, show

Size = tuple[int, int]
Box = tuple[int, int, int, int]


@torch.no_grad()
def draw_crops(
    image: np.ndarray,
    size: tuple[int, int],
    interpolators: Mapping[str, Interpolator],
    *,
    crop: Box,
) -> Figure:
    """Draw a crop of an image, and of what each interpolator makes of it.

    A row for each interpolator: its crop; the difference from the first one's, summed over the
    channels (in the first row, the source); and of a DownsizeNet how many pixels each output pixel
    is made of (`pixels_in_use`).

    Args:
        image: uint8 of shape (H, W, 3), BGR, as `cv2.imread` gives it. All of it is downsized.
        size: height and width to downsize to.
        interpolators: by their titles; the first is what the others are compared with.
        crop: top, left, height and width of what is shown, in pixels of the image.

    Raises:
        ValueError: there is no interpolator, or the crop lies outside the image.

    Example:
        >>> from mmdownsize import FixedInterpolator
        >>> nets = dict(bilinear=FixedInterpolator(), DownsizeNet=DownsizeNet())
        >>> figure = draw_crops(np.zeros((30, 30, 3), np.uint8), (9, 9), nets, crop=(0, 0, 20, 20))
        >>> len(figure.axes)
        6
    """
    if not interpolators:
        raise ValueError('at least one interpolator is needed')
    top, left, height, width = crop
    inside = top >= 0 and left >= 0 and height >= 1 and width >= 1
    if not inside or top + height > image.shape[0] or left + width > image.shape[1]:
        raise ValueError(
            f'crop is top, left, height, width within {image.shape[:2]}, got {tuple(crop)}'
        )
    batch = as_batch(image)
    window = _window(crop, image.shape[:2], size)
    row_height = 0.3 + 3.8 * height / width
    figure = Figure(figsize=(12, row_height * len(interpolators)), layout='constrained')
    axes = figure.subplots(len(interpolators), 3, squeeze=False)
    pictures = {name: as_picture(net(batch, size))[window] for name, net in interpolators.items()}
    first, reference = next(iter(pictures.items()))
    for row, (name, net) in zip(axes, interpolators.items(), strict=True):
        show(row[0], pictures[name], name)
        if name == first:
            show(row[1], image[top : top + height, left : left + width, ::-1], 'source')
        else:
            difference = np.abs(pictures[name].astype(int) - reference).sum(-1)
            title = f'difference from {first}, up to {difference.max()}'
            show(row[1], difference, title, cmap='magma', vmin=0)
        if isinstance(net, DownsizeNet):
            spread = pixels_in_use(net, batch, size)[window]
            title = f'pixels in use, {spread.min():.1f} to {spread.max():.1f}'
            show(row[2], spread, title, vmin=1)
    for axis in figure.axes:
        axis.set_axis_off()
    return figure


def pixels_in_use(net: DownsizeNet, batch: torch.Tensor, size: Size) -> np.ndarray:
    """Count the pixels that each output pixel of the first image is made of, (h, w).

    The inverse of the sum of squared coefficients, which is their number where they are equal; the
    mean over the channels.
    """
    coefficients = net.coefficients(batch[:1], size)[0][0]  # (groups, I, J, h, w)
    return (1 / coefficients.square().sum(dim=(1, 2))).mean(0).numpy()


def _window(crop: Box, source: Size, target: Size) -> tuple[slice, slice]:
    """Find the output pixels that lie in a crop of the input, at least one of them."""
    return tuple(
        slice(start * small // large, ceil((start + length) * small / large))
        for start, length, large, small in zip(crop[:2], crop[2:], source, target, strict=True)
    )
