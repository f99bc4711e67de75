"""MMSegmentation's residual blocks, with a place for strip pooling before the last convolution."""

from mmseg.models.backbones.resnet import BasicBlock, Bottleneck
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from .strip_pooling import StripPooling


class _StripPooledBlock(nn.Module):
    """What both blocks share: the gate, and the sum with the shortcut.

    To be inherited together with a block, before it.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.register_module('strip_pooling', None)

    def add_strip_pooling(self, norm_cfg: dict | None) -> None:
        """Give this block a strip pooling module; without one it is the block of mmseg."""
        self.strip_pooling = StripPooling(self.conv1.out_channels, norm_cfg=norm_cfg)

    def pool_strips(self, features: Tensor) -> Tensor:
        """Multiply the features by their gate, if this block has one."""
        return features if self.strip_pooling is None else features * self.strip_pooling(features)

    def forward(self, x: Tensor) -> Tensor:
        """Add the residual to the shortcut; see the class."""
        if self.with_cp and x.requires_grad:
            residual = checkpoint(self.residual, x, use_reentrant=False)
        else:
            residual = self.residual(x)
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(residual + shortcut)


class StripPooledBottleneck(_StripPooledBlock, Bottleneck):
    """Bottleneck that may gate its features after the 3x3 convolution, before the last 1x1.

    Built without the gate, equal to mmseg's block; ``add_strip_pooling`` adds it, of as many
    channels as the 3x3 convolution has. The weights of the block keep their names. Plugins are
    not carried out.

    Shape:
        (N, inplanes, H, W) -> (N, 4 * planes, H / stride, W / stride).

    Example:
        >>> import torch
        >>> block = StripPooledBottleneck(16, 4)
        >>> block.add_strip_pooling(dict(type='BN'))
        >>> block(torch.rand(1, 16, 5, 7)).shape
        torch.Size([1, 16, 5, 7])

    Source: "Strip Pooling: Rethinking Spatial Pooling for Scene Parsing" (Hou et al., 2020),
    section 3.3.
    """

    def residual(self, x: Tensor) -> Tensor:
        """Compute what is added to the shortcut."""
        out = self.relu(self.norm1(self.conv1(x)))
        out = self.relu(self.norm2(self.conv2(out)))
        return self.norm3(self.conv3(self.pool_strips(out)))


class StripPooledBasicBlock(_StripPooledBlock, BasicBlock):
    """BasicBlock that may gate its features between its two convolutions.

    For small models. The authors have strip pooling in bottlenecks alone; its place here, before
    the last convolution as it is there, is our choice.

    Shape:
        (N, inplanes, H, W) -> (N, planes, H / stride, W / stride).

    Example:
        >>> import torch
        >>> block = StripPooledBasicBlock(4, 4)
        >>> block.add_strip_pooling(dict(type='BN'))
        >>> block(torch.rand(1, 4, 5, 7)).shape
        torch.Size([1, 4, 5, 7])
    """

    def residual(self, x: Tensor) -> Tensor:
        """Compute what is added to the shortcut."""
        out = self.relu(self.norm1(self.conv1(x)))
        return self.norm2(self.conv2(self.pool_strips(out)))
