"""CenterNet's head, safe in half precision."""

from mmdet.models import CenterNetHead
from mmdet.registry import MODELS
from mmengine.structures import InstanceData
from torch import Tensor


@MODELS.register_module()
class StableCenterNetHead(CenterNetHead):
    """MMDetection's ``CenterNetHead``, with two of its edges taken off.

    Scores are computed in float32: under mixed precision upstream's focal loss takes the logarithm
    of 0 as soon as a score rounds to 0 or 1, and is NaN from then on. And a predicted width or
    height below 0 counts as 0, so that no box is turned inside out, which visualizers refuse.

    Args:
        args: as for ``CenterNetHead``.
        kwargs: as for ``CenterNetHead``.

    Example:
        >>> import torch
        >>> heatmap, size, offset = StableCenterNetHead(8, 4, 3)((torch.rand(1, 8, 5, 6),))
        >>> heatmap[0].shape, size[0].shape, offset[0].shape
        (torch.Size([1, 3, 5, 6]), torch.Size([1, 2, 5, 6]), torch.Size([1, 2, 5, 6]))

    Source: "Objects as Points" (Zhou et al., 2019).
    """

    def forward_single(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Predict the heatmap, the sizes and the offsets of one level, all in float32."""
        scores = self.heatmap_head(x).float().sigmoid()
        return scores, self.wh_head(x).float(), self.offset_head(x).float()

    def predict_by_feat(
        self,
        center_heatmap_preds: list[Tensor],
        wh_preds: list[Tensor],
        offset_preds: list[Tensor],
        **kwargs,
    ) -> list[InstanceData]:
        """Detect; see ``CenterNetHead.predict_by_feat``."""
        sizes = [size.clamp(min=0) for size in wh_preds]
        return super().predict_by_feat(center_heatmap_preds, sizes, offset_preds, **kwargs)
