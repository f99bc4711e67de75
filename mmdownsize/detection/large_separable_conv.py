"""The large separable convolution that makes Light-Head R-CNN's thin feature map."""

from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn


@MODELS.register_module()
class LargeSeparableConv(BaseModule):
    """Convolve with a large kernel in two separable branches: k x 1 then 1 x k, and the reverse.

    No normalisation, nothing between the convolutions; the branches are summed, then ReLU.
    Weights start from N(0, 0.01), biases from 0.

    The release multiplies the gradient of these layers by 3. Its weight decay is part of the
    loss, so the decay is multiplied too, and with momentum SGD the step is that of three times
    the learning rate: ``paramwise_cfg=dict(custom_keys={'large_separable_conv':
    dict(lr_mult=3.)})`` in the optimizer wrapper is the same rule, exactly.

    Args:
        in_channels: channels of the input, 2048 for the C5 of ResNet-101.
        out_channels: channels of the thin map: classes of RoI features x bins, 10 * 7 * 7.
        mid_channels: channels between the two convolutions of a branch: 256 in the large model,
            64 in the small one.
        kernel_size: k, an odd number of pixels.
        init_cfg: initialisation as in mmengine, in place of N(0, 0.01).

    Raises:
        ValueError: if the kernel size is not odd and positive.

    Shape:
        (N, in_channels, H, W) -> (N, out_channels, H, W).

    Example:
        >>> import torch
        >>> conv = LargeSeparableConv(8, 18, mid_channels=4, kernel_size=5)
        >>> conv(torch.rand(1, 8, 6, 9)).shape
        torch.Size([1, 18, 6, 9])

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017),
    section 3.2, thin feature maps for RoI warping.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int = 490,
        *,
        mid_channels: int = 256,
        kernel_size: int = 15,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(
                f'kernel_size must be an odd positive number, so that the map keeps its size, '
                f'got {kernel_size}: take {abs(kernel_size) + 1}, for example'
            )
        super().__init__(init_cfg or {'type': 'Normal', 'layer': 'Conv2d', 'std': 0.01})
        tall = {'kernel_size': (kernel_size, 1), 'padding': (kernel_size // 2, 0)}
        wide = {'kernel_size': (1, kernel_size), 'padding': (0, kernel_size // 2)}
        self.tall_wide = nn.Sequential(
            nn.Conv2d(in_channels, mid_channels, **tall),
            nn.Conv2d(mid_channels, out_channels, **wide),
        )
        self.wide_tall = nn.Sequential(
            nn.Conv2d(in_channels, mid_channels, **wide),
            nn.Conv2d(mid_channels, out_channels, **tall),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Apply both branches; see the class."""
        return (self.tall_wide(features) + self.wide_tall(features)).relu()
