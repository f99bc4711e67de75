"""MULLER: bilinear interpolation plus bands of detail, by four numbers; a peer to compare with."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmengine.registry import MODELS
from torch import Tensor, nn

from .base import Interpolator
from .options import check_counts, check_positive

RADIUS = 2
"""Of the Gaussian: 5x5 pixels."""


@MODELS.register_module()
class MULLER(Interpolator):
    """Interpolate bilinearly, and add the detail between blurs of the image, bounded by tanh.

    Each layer blurs the image once more. What the blur has changed is resized, multiplied by the
    layer's `alpha`, moved by its `beta`, put through tanh and added, for every channel alike.
    All of both start at zero: at bilinear interpolation, where the gradient of `alpha` is alive,
    as tanh has a slope of one there. What comes out may leave the range of the image.

    Args:
        num_layers: blurs, at least 1; 2 in the paper.
        sigma: standard deviation of the Gaussian, in pixels of the image.
        scale: the value that stands for 1, which is as far as a layer can move a pixel: 255 for
            raw images, 1 for those in [0, 1].
        init_cfg: as in mmengine, for instance ``dict(type='Pretrained', checkpoint=...,
            prefix='data_preprocessor.interpolator')``.

    Raises:
        ValueError: an option is out of range.

    Example:
        >>> image = 255 * torch.rand(1, 3, 30, 50)
        >>> small = MULLER()(image, (9, 15))
        >>> torch.equal(small, F.interpolate(image, (9, 15), mode='bilinear'))
        True

    Source: Z. Tu, P. Milanfar and H. Talebi, "MULLER: Multilayer Laplacian Resizer for Vision",
    ICCV 2023. Padding by the pixel at the border is our reading of it.
    """

    def __init__(
        self,
        num_layers: int = 2,
        *,
        sigma: float = 1.0,
        scale: float = 255.0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        check_counts(num_layers=num_layers)
        check_positive(sigma=sigma, scale=scale)
        self.sigma = float(sigma)
        self.scale = float(scale)
        self._taps = gaussian_taps(sigma)
        self.alpha = nn.Parameter(torch.zeros(num_layers))
        self.beta = nn.Parameter(torch.zeros(num_layers))
        self._record(sigma=self.sigma, scale=self.scale)

    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """See `Interpolator.forward`."""
        # Interpolation is linear: the blurs are resized, and subtracted and scaled when small.
        blurred = image.to(torch.promote_types(image.dtype, torch.float32))
        result = finer = F.interpolate(blurred, size, mode='bilinear')
        for alpha, beta in zip(self.alpha, self.beta, strict=True):
            blurred = blur(blurred, self._taps)
            coarser = F.interpolate(blurred, size, mode='bilinear')
            result = result + self.scale * (alpha / self.scale * (coarser - finer) + beta).tanh()
            finer = coarser
        return result.to(image.dtype)

    def extra_repr(self) -> str:
        """Name the options in the printed model."""
        return f'num_layers={len(self.alpha)}, sigma={self.sigma}, scale={self.scale}'


def gaussian_taps(sigma: float) -> list[float]:
    """Give the weights of a Gaussian of 5 pixels, cut off there, which sum to one.

    Args:
        sigma: standard deviation, in pixels.

    Example:
        >>> [round(tap, 4) for tap in gaussian_taps(1.0)]
        [0.0545, 0.2442, 0.4026, 0.2442, 0.0545]
    """
    taps = [math.exp(-((tap / sigma) ** 2) / 2) for tap in range(-RADIUS, RADIUS + 1)]
    return [tap / sum(taps) for tap in taps]


def blur(image: Tensor, taps: Sequence[float]) -> Tensor:
    """Convolve along both axes, the pixels at the border repeated.

    Args:
        image: float tensor of shape (N, C, H, W).
        taps: weights of an odd number of pixels, around the middle one.

    Returns:
        The same shape.
    """
    radius = len(taps) // 2
    for dim in (-2, -1):
        padding = (0, 0, radius, radius) if dim == -2 else (radius, radius, 0, 0)
        padded = F.pad(image, padding, mode='replicate')
        # A sum of shifted images: on a CPU some ten times as fast as a depthwise convolution.
        shifted = [padded.narrow(dim, start, image.shape[dim]) for start in range(len(taps))]
        image = shifted[0] * taps[0]
        for other, tap in zip(shifted[1:], taps[1:], strict=True):
            image.add_(other, alpha=tap)
    return image
