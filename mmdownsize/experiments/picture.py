"""A picture of what a DownsizeNet does to one image, beside another interpolator."""

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..interpolators import DownsizeNet, Interpolator


@torch.no_grad()
def draw_comparison(
    image: np.ndarray, size: tuple[int, int], *, learned: DownsizeNet, other: Interpolator
) -> Figure:
    """Draw an image, its two downsized versions, their difference, and the coefficients.

    The first row holds the source, what the other interpolator and what the learned one make of
    it, and their difference, summed over the channels. The second shows where each
    neighbour has its weight: top left, top right, bottom left, bottom right of the projected
    pixel; of more than 2 x 2 neighbours, the sums over these quadrants.

    Args:
        image: uint8 of shape (H, W, 3), BGR, as `cv2.imread` gives it.
        size: height and width to downsize to.
        learned: the trained interpolator.
        other: what it is compared with.

    Returns:
        A figure; ``figure.savefig('comparison.png')`` writes it.

    Example:
        >>> from mmdownsize import FixedInterpolator
        >>> image = np.zeros((30, 30, 3), np.uint8)
        >>> other = FixedInterpolator()
        >>> figure = draw_comparison(image, (9, 9), learned=DownsizeNet(), other=other)
        >>> len(figure.axes)
        8
    """
    batch = as_batch(image)
    ours, theirs = (as_picture(net(batch, size)) for net in (learned, other))
    difference = np.abs(ours.astype(int) - theirs).sum(-1)
    coefficients = learned.coefficients(batch, size)[0][0].mean(0)  # (I, J, h, w)
    figure = Figure(figsize=(14, 7.4), layout='constrained')
    axes = figure.subplots(2, 4)
    show(axes[0, 0], image[..., ::-1], f'source, {image.shape[1]} x {image.shape[0]}')
    show(axes[0, 1], theirs, f'{_name(other)}, {size[1]} x {size[0]}')
    show(axes[0, 2], ours, f'{_name(learned)}, {size[1]} x {size[0]}')
    show(axes[0, 3], difference, f'difference, up to {difference.max()}', cmap='magma')
    quadrants = coefficients.unflatten(0, (2, -1)).unflatten(2, (2, -1)).sum(dim=(1, 3))
    for axis, weight, name in zip(
        axes[1],
        quadrants.flatten(0, 1),
        ('top left', 'top right', 'bottom left', 'bottom right'),
        strict=True,
    ):
        show(axis, weight.numpy(), f'weight of the {name}', cmap='gray', vmin=0, vmax=1)
    return figure


def as_batch(image: np.ndarray) -> torch.Tensor:
    """Turn an image of shape (H, W, 3) into a batch of one, (1, 3, H, W), float32."""
    return torch.from_numpy(image).permute(2, 0, 1)[None].float()


def as_picture(image: torch.Tensor) -> np.ndarray:
    """Turn a BGR image of shape (1, 3, h, w) into RGB of shape (h, w, 3), uint8."""
    image = image[0].round().clamp(0, 255).permute(1, 2, 0).flip(-1)
    return image.to(torch.uint8).numpy()


def _name(interpolator: Interpolator) -> str:
    return getattr(interpolator, 'mode', type(interpolator).__name__)


def show(axis: Axes, image: np.ndarray, title: str, **options: object) -> None:
    """Draw an array as it is, pixel by pixel, below a title."""
    axis.imshow(image, interpolation='nearest', **options)
    axis.set_title(title, fontsize=11)
    axis.set_axis_off()
