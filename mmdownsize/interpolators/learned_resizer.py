"""LearnedResizer: bilinear interpolation plus a residual network, a peer to compare with."""

from collections.abc import Sequence

import torch.nn.functional as F
from mmengine.registry import MODELS
from torch import Tensor, nn

from .base import Interpolator
from .options import check_counts, mean_and_std

SLOPE = 0.2
"""Of the leaky ReLUs, below zero."""


@MODELS.register_module()
class LearnedResizer(Interpolator):
    """Interpolate bilinearly, and add what a small network makes of the image before and after.

    The network convolves the full-size image, resizes its features bilinearly, and goes on at the
    size asked for. It sees the image normalized; what it adds is scaled back by `std`, so that raw
    images come in and go out. What comes out is held in no range: it may leave that of the image,
    and it starts away from bilinear interpolation, as the network starts at random.

    In training, batch normalization takes its statistics over the images that come in together,
    all of one size.

    Args:
        in_channels: channels of the image.
        channels: of the features.
        num_blocks: residual blocks after the features are resized, at least 1.
        mean, std: of each channel, which the image is normalized with; a number or one a channel,
            in the order of the channels as they come (BGR in OpenMMLab). None: ImageNet's for
            three channels, else 0 and 1.
        init_cfg: as in mmengine, for instance ``dict(type='Pretrained', checkpoint=...,
            prefix='data_preprocessor.interpolator')``.

    Raises:
        ValueError: an option is out of range; or, in training, the batch is one image resized to
            one pixel, of which there are no statistics.

    Example:
        >>> import torch
        >>> resizer = LearnedResizer().eval()
        >>> resizer(255 * torch.rand(1, 3, 30, 50), (9, 15)).shape
        torch.Size([1, 3, 9, 15])

    Source: H. Talebi and P. Milanfar, "Learning to Resize Images for Computer Vision Tasks", ICCV
    2021. Normalization, zero padding, initialization (torch's own) and which convolutions have a
    bias (those that batch normalization does not directly follow) are our reading of it.
    """

    def __init__(
        self,
        in_channels: int = 3,
        channels: int = 16,
        *,
        num_blocks: int = 1,
        mean: float | Sequence[float] | None = None,
        std: float | Sequence[float] | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(in_channels, init_cfg)
        check_counts(in_channels=in_channels, channels=channels, num_blocks=num_blocks)
        self.before = nn.Sequential(
            nn.Conv2d(in_channels, channels, 7, padding=3),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(channels, channels, 1),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.BatchNorm2d(channels),
        )
        self.after = nn.Sequential(
            *(ResidualBlock(channels) for _ in range(num_blocks)),
            *_conv_norm(channels),
        )
        self.last = nn.Conv2d(channels, in_channels, 7, padding=3)
        mean, std = mean_and_std(mean, std, in_channels)
        self._record(mean=mean.tolist(), std=std.tolist())
        self.register_buffer('mean', mean.view(-1, 1, 1), persistent=False)
        self.register_buffer('std', std.view(-1, 1, 1), persistent=False)

    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """See `Interpolator.forward`."""
        normalized = ((image - self.mean) / self.std).to(self.last.weight.dtype)
        features = F.interpolate(self.before(normalized), size, mode='bilinear')
        residual = self.last(features + self.after(features))
        return F.interpolate(image, size, mode='bilinear') + (self.std * residual).to(image.dtype)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch normalization, and what they were given.

    Args:
        channels: that come in and go out.

    Example:
        >>> import torch
        >>> ResidualBlock(4)(torch.rand(2, 4, 5, 6)).shape
        torch.Size([2, 4, 5, 6])
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_conv_norm(channels), nn.LeakyReLU(SLOPE, inplace=True), *_conv_norm(channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Map features (N, C, H, W) to as many of the same size."""
        return features + self.layers(features)


def _conv_norm(channels: int) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    return nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
