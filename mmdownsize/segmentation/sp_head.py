"""The decode head of SPNet."""

from collections.abc import Sequence

from mmcv.cnn import ConvModule
from mmseg.models.decode_heads.decode_head import BaseDecodeHead
from mmseg.registry import MODELS
from torch import Tensor, nn

from .mixed_pooling import MixedPooling
from .strip_pooling import SYNC_BN


@MODELS.register_module()
class SPHead(BaseDecodeHead):
    """Classify every pixel after two mixed pooling modules.

    1x1 convolution, two :class:`MixedPooling`, 3x3 convolution, dropout of channels, 1x1
    convolution to the classes. The first and the 3x3 one have batch normalisation and ReLU.

    Args:
        in_channels: channels of the backbone's last map.
        channels: channels of the map that is classified.
        pooling_channels: channels between the 1x1 and the 3x3 convolution.
        mid_channels: channels within a mixed pooling module.
        pools: rows, and columns, of the pooled maps; see :class:`MixedPooling`.
        norm_cfg: normalisation layer. SyncBN is BN in a single process; several on CPUs need BN.
        align_corners: how pooled maps are brought back, and scores enlarged to the image.
        kwargs: other arguments of BaseDecodeHead, such as ``num_classes``.

    Raises:
        ValueError: if another convolution or activation is asked for.

    Shape:
        maps of which that of ``in_index``, by default the last, is (N, in_channels, H, W) ->
        (N, num_classes, H, W).

    Example:
        >>> import torch
        >>> head = SPHead(
        ...     16, 8, pooling_channels=8, mid_channels=2, num_classes=3, norm_cfg=dict(type='BN')
        ... )
        >>> head([torch.rand(1, 4, 10, 14), torch.rand(1, 16, 5, 7)]).shape
        torch.Size([1, 3, 5, 7])

    Source: "Strip Pooling: Rethinking Spatial Pooling for Scene Parsing" (Hou et al., 2020),
    section 3.3, and its release.
    """

    def __init__(
        self,
        in_channels: int = 2048,
        channels: int = 512,
        *,
        pooling_channels: int = 1024,
        mid_channels: int = 256,
        pools: Sequence[int] = (20, 12),
        norm_cfg: dict | None = SYNC_BN,
        align_corners: bool = True,
        **kwargs,
    ) -> None:
        for name in ('conv_cfg', 'act_cfg'):
            if kwargs.get(name) is not None:
                raise ValueError(
                    f'SPHead has plain convolutions and ReLU throughout, got {name}='
                    f'{kwargs[name]}: leave it out'
                )
        super().__init__(
            in_channels, channels, norm_cfg=norm_cfg, align_corners=align_corners, **kwargs
        )
        self.reduce = ConvModule(self.in_channels, pooling_channels, 1, norm_cfg=norm_cfg)
        self.mixed_pooling = nn.Sequential(
            *(
                MixedPooling(
                    pooling_channels,
                    mid_channels,
                    pools=pools,
                    align_corners=align_corners,
                    norm_cfg=norm_cfg,
                )
                for _ in range(2)
            )
        )
        self.smooth = ConvModule(pooling_channels, channels, 3, padding=1, norm_cfg=norm_cfg)

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Compute the scores of the classes; see the class."""
        features = self.reduce(self._transform_inputs(inputs))
        return self.cls_seg(self.smooth(self.mixed_pooling(features)))
