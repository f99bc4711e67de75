"""Mixed pooling module: context from a pyramid of pools and from strips."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from mmseg.registry import MODELS
from torch import Tensor, nn

from .strip_pooling import SYNC_BN


@MODELS.register_module()
class MixedPooling(BaseModule):
    """Add context of short and of long range to the features.

    Each range has its own 1x1 reduction to ``mid_channels``, and a last 3x3 convolution over the
    ReLU of a sum:

    - short: a 3x3 convolution of the map, and of the map pooled to each size of ``pools`` and
      brought back;
    - long: the mean of each column through a 1x3 convolution, the mean of each row through a 3x1
      one, both spread over the map again.

    Both together go through a 1x1 convolution; the features are added, then ReLU. Every
    convolution is without bias and followed by batch normalisation.

    In training, batch normalisation sees N * H and N * W values per channel and needs more than
    one: a batch of one image whose map has a single row or a single column is refused by torch,
    and so is a pool of 1 with it.

    Args:
        in_channels: channels of the features, in and out.
        mid_channels: channels of each range, in the release a quarter of the features'.
        pools: rows, and columns, of the pooled maps. They may exceed the map's.
        align_corners: how the pooled maps are brought back; see torch's `interpolate`.
        norm_cfg: normalisation layer. SyncBN is BN in a single process; several on CPUs need BN.
        init_cfg: initialisation as in mmengine.

    Raises:
        ValueError: if a pool is not positive.

    Shape:
        (N, in_channels, H, W) -> (N, in_channels, H, W).

    Example:
        >>> pooling = MixedPooling(8, 2, norm_cfg=dict(type='BN'))
        >>> pooling(torch.rand(1, 8, 5, 7)).shape
        torch.Size([1, 8, 5, 7])

    Source: "Strip Pooling: Rethinking Spatial Pooling for Scene Parsing" (Hou et al., 2020),
    section 3.2, and its release.
    """

    def __init__(
        self,
        in_channels: int = 1024,
        mid_channels: int = 256,
        *,
        pools: Sequence[int] = (20, 12),
        align_corners: bool = True,
        norm_cfg: dict | None = SYNC_BN,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        if any(pool < 1 for pool in pools):
            raise ValueError(f'pools must be positive, got {tuple(pools)}: take (20, 12)')
        super().__init__(init_cfg)
        self.align_corners = align_corners
        mid, norm, linear = mid_channels, {'norm_cfg': norm_cfg}, {'act_cfg': None}
        self.reduce_short = ConvModule(in_channels, mid, 1, **norm)
        self.local = ConvModule(mid, mid, 3, padding=1, **norm, **linear)
        self.pyramid = nn.ModuleList(
            nn.Sequential(
                nn.AdaptiveAvgPool2d(pool), ConvModule(mid, mid, 3, padding=1, **norm, **linear)
            )
            for pool in pools
        )
        self.fuse_short = ConvModule(mid, mid, 3, padding=1, **norm)
        self.reduce_long = ConvModule(in_channels, mid, 1, **norm)
        self.wide = ConvModule(mid, mid, (1, 3), padding=(0, 1), **norm, **linear)
        self.tall = ConvModule(mid, mid, (3, 1), padding=(1, 0), **norm, **linear)
        self.fuse_long = ConvModule(mid, mid, 3, padding=1, **norm)
        self.expand = ConvModule(2 * mid, in_channels, 1, **norm, **linear)

    def forward(self, features: Tensor) -> Tensor:
        """Add both contexts; see the class."""
        short = self.pool_pyramid(self.reduce_short(features))
        long = self.pool_strips(self.reduce_long(features))
        return (features + self.expand(torch.cat([short, long], dim=1))).relu()

    def pool_pyramid(self, features: Tensor) -> Tensor:
        """Compute the context of short range: (N, mid_channels, H, W), in and out."""
        out = self.local(features)
        for branch in self.pyramid:
            out = out + F.interpolate(
                branch(features),
                features.shape[2:],
                mode='bilinear',
                align_corners=self.align_corners,
            )
        return self.fuse_short(out.relu())

    def pool_strips(self, features: Tensor) -> Tensor:
        """Compute the context of long range: (N, mid_channels, H, W), in and out."""
        wide = self.wide(features.mean(dim=2, keepdim=True))
        tall = self.tall(features.mean(dim=3, keepdim=True))
        # broadcast: interpolation from a single row or column, whatever align_corners
        return self.fuse_long((wide + tall).relu())
