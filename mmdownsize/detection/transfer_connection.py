"""Transfer connection block: what the first step of RefineDet hands to the second."""

from mmcv.cnn import ConvModule
from torch import Tensor, nn


class TransferConnection(nn.Module):
    """Turn a source map into a level of the pyramid, with the level above it added.

    conv-ReLU, conv, plus the level above through a deconvolution that doubles it, ReLU, conv-ReLU.
    At the top there is nothing to add: three times conv-ReLU.

    Args:
        in_channels: channels of the source.
        out_channels: channels of the levels.
        top: whether this is the topmost level.

    Shape:
        (N, in_channels, H, W), and (N, out_channels, H/2, W/2) unless at the top ->
        (N, out_channels, H, W).

    Example:
        >>> import torch
        >>> block = TransferConnection(6, 4)
        >>> block(torch.rand(1, 6, 4, 8), torch.rand(1, 4, 2, 4)).shape
        torch.Size([1, 4, 4, 8])

    Source: "Single-Shot Refinement Neural Network for Object Detection" (Zhang et al., 2018),
    section 3.1.
    """

    def __init__(self, in_channels: int, out_channels: int, *, top: bool = False) -> None:
        super().__init__()
        self.lateral = nn.Sequential(
            ConvModule(in_channels, out_channels, 3, padding=1),
            ConvModule(out_channels, out_channels, 3, padding=1, act_cfg=None),
        )
        self.deconv = None if top else nn.ConvTranspose2d(out_channels, out_channels, 2, 2)
        self.out = ConvModule(out_channels, out_channels, 3, padding=1)

    def forward(self, source: Tensor, above: Tensor | None = None) -> Tensor:
        """Compute the level from its source and the level above it, which the top has not."""
        level = self.lateral(source)
        if self.deconv is not None:
            level = level + self.deconv(above)
        return self.out(level.relu())
