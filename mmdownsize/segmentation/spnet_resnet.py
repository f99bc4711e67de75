"""The backbone of SPNet: a dilated ResNet with strip pooling in some of its blocks."""

from collections.abc import Sequence

from mmseg.models import ResNetV1c
from mmseg.models.backbones.resnet import BasicBlock, Bottleneck
from mmseg.models.utils import ResLayer
from mmseg.registry import MODELS

from .strip_pooled_blocks import StripPooledBasicBlock, StripPooledBottleneck
from .strip_pooling import SYNC_BN

STRIP_POOLED = {BasicBlock: StripPooledBasicBlock, Bottleneck: StripPooledBottleneck}
LAYER4 = 3


@MODELS.register_module()
class SPNetResNet(ResNetV1c):
    """MMSegmentation's ResNetV1c as SPNet has it: output stride 8, multi-grid, strip pooling.

    The last block of layers 1, 2 and 3 and every block of layer 4 multiply their features, before
    their last convolution, by a :class:`StripPooling` gate. The 3x3 convolutions of layer 3 have
    dilation 1 in the first block and 2 in the others, those of layer 4 have 4, 8, 16.

    All other weights keep the names that ResNetV1c gives them. MMSegmentation's own, such as
    ``open-mmlab://resnet101_v1c``, are of a stem half as wide as SPNet's: they fit with
    ``stem_channels=64``, and the strip pooling modules then start from random weights. With the
    default stem mmengine would leave out what does not fit, with no more than a warning.

    Args:
        depth: 50, 101 or 152, as the authors; 18 and 34, without bottlenecks, for small models
            (see :class:`StripPooledBasicBlock`).
        stem_channels: channels after the three convolutions of the stem, the first two having
            half as many.
        strides: of the first block of each layer.
        dilations: of each layer; layer 4's counts only without multi_grid.
        multi_grid: dilation of each block of layer 4, absolute; shorter layers take its start.
        contract_dilation: whether the first block of a layer takes half its dilation.
        norm_cfg: normalisation layer, of the strip pooling modules too. SyncBN is BN in a single
            process; several on CPUs need BN.
        kwargs: other arguments of ResNetV1c, such as ``base_channels``.

    Raises:
        ValueError: if plugins are given.

    Shape:
        (N, 3, H, W) -> (N, 256, H/4, W/4), (N, 512, H/8, W/8), (N, 1024, H/8, W/8),
        (N, 2048, H/8, W/8), the sizes rounded up. Depths 18 and 34: a quarter of the channels.

    Example:
        >>> import torch
        >>> backbone = SPNetResNet(18, base_channels=8, stem_channels=8, norm_cfg=dict(type='BN'))
        >>> [tuple(level.shape) for level in backbone(torch.rand(1, 3, 41, 57))]
        [(1, 8, 11, 15), (1, 16, 6, 8), (1, 32, 6, 8), (1, 64, 6, 8)]

    Source: "Strip Pooling: Rethinking Spatial Pooling for Scene Parsing" (Hou et al., 2020),
    section 3.3, and its release.
    """

    def __init__(
        self,
        depth: int,
        *,
        stem_channels: int = 128,
        strides: Sequence[int] = (1, 2, 1, 1),
        dilations: Sequence[int] = (1, 1, 2, 4),
        multi_grid: Sequence[int] | None = (4, 8, 16),
        contract_dilation: bool = True,
        norm_cfg: dict = SYNC_BN,
        **kwargs,
    ) -> None:
        if kwargs.get('plugins') is not None:
            raise ValueError(
                f'SPNetResNet takes no plugins, its blocks have strip pooling in their place, got '
                f'{kwargs["plugins"]}: leave them out, or take ResNetV1c'
            )
        super().__init__(
            depth=depth,
            stem_channels=stem_channels,
            strides=strides,
            dilations=dilations,
            multi_grid=multi_grid,
            contract_dilation=contract_dilation,
            norm_cfg=norm_cfg,
            **kwargs,
        )

    def make_res_layer(self, *, block: type, **kwargs) -> ResLayer:
        """Build the next layer; ResNet calls this for each in turn."""
        blocks = super().make_res_layer(block=STRIP_POOLED[block], **kwargs)
        index = len(self.res_layers)  # the names of those that are built
        for each in list(blocks) if index == LAYER4 else [blocks[-1]]:
            each.add_strip_pooling(kwargs['norm_cfg'])
        return blocks
