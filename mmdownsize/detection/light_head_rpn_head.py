"""An RPN that reads the last of the maps that its detector extracts."""

from collections.abc import Sequence

from mmdet.models import RPNHead
from mmdet.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class LightHeadRPNHead(RPNHead):
    """Run mmdet's ``RPNHead`` on the last map alone, C4 behind a :class:`LightHeadNeck`.

    Training, proposals and ``loss_and_predict`` all pass through ``forward``, so that the
    detector stays a stock ``FasterRCNN``.

    Args:
        in_channels: channels of the last map, 1024 for the C4 of ResNet-101.
        kwargs: as for ``RPNHead``; the anchor generator has one stride.

    Example:
        >>> import torch
        >>> anchors = dict(type='AnchorGenerator', scales=[2], ratios=[1.0], strides=[16])
        >>> head = LightHeadRPNHead(6, feat_channels=4, anchor_generator=anchors)
        >>> scores, deltas = head((torch.rand(1, 18, 5, 7), torch.rand(1, 6, 5, 7)))
        >>> scores[0].shape, deltas[0].shape
        (torch.Size([1, 1, 5, 7]), torch.Size([1, 4, 5, 7]))

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017),
    section 3.2, RPN.
    """

    def forward(self, x: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Score and regress the anchors of the last map; see ``RPNHead.forward``."""
        return super().forward(x[-1:])
