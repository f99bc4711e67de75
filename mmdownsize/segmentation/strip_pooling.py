"""Strip pooling module: a gate for each pixel, from the means of its row and of its column."""

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from mmseg.registry import MODELS
from torch import Tensor, nn

SYNC_BN = {'type': 'SyncBN', 'requires_grad': True}


@MODELS.register_module()
class StripPooling(BaseModule):
    """Compute a gate in (0, 1) for every pixel and channel; multiply the features by it.

    The mean of each row goes through a 3x1 convolution, the mean of each column through a 1x3 one,
    each with batch normalisation. A pixel's row and column are summed; then ReLU, a 1x1
    convolution with bias, sigmoid.

    In training, batch normalisation sees N * H and N * W values per channel and needs more than
    one: a batch of one image whose map has a single row or a single column is refused by torch.

    Args:
        channels: channels of the features and of the gate.
        norm_cfg: normalisation layer. SyncBN is BN in a single process; several on CPUs need BN.
        init_cfg: initialisation as in mmengine.

    Shape:
        (N, channels, H, W) -> (N, channels, H, W).

    Example:
        >>> import torch
        >>> features = torch.rand(1, 8, 5, 7)
        >>> gate = StripPooling(8, norm_cfg=dict(type='BN'))(features)
        >>> (features * gate).shape
        torch.Size([1, 8, 5, 7])

    Source: "Strip Pooling: Rethinking Spatial Pooling for Scene Parsing" (Hou et al., 2020),
    section 3.1, and its release for the batch normalisation.
    """

    def __init__(
        self,
        channels: int,
        *,
        norm_cfg: dict | None = SYNC_BN,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        super().__init__(init_cfg)
        normalised = {'norm_cfg': norm_cfg, 'act_cfg': None}
        self.tall = ConvModule(channels, channels, (3, 1), padding=(1, 0), **normalised)
        self.wide = ConvModule(channels, channels, (1, 3), padding=(0, 1), **normalised)
        self.gate = nn.Conv2d(channels, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Compute the gate; see the class."""
        tall = self.tall(features.mean(dim=3, keepdim=True))
        wide = self.wide(features.mean(dim=2, keepdim=True))
        return self.gate((tall + wide).relu()).sigmoid()
