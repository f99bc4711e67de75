"""The first step of RefineDet: is there an object, and where about."""

from collections.abc import Sequence

import torch
from mmdet.registry import MODELS
from mmengine.structures import InstanceData
from torch import Tensor

from .refinedet_step import RefineDetStep


@MODELS.register_module()
class AnchorRefinementHead(RefineDetStep):
    """RefineDet's first step (ARM): object or not, and a first regression of each anchor.

    Args:
        in_channels: channels of each source map.
        kwargs: as for ``SSDHead``.

    Shape:
        Levels (N, in_channels[l], H, W) -> 2A confidences (object, background) and 4A deltas for
        the A anchors of a position, (N, 2A, H, W) and (N, 4A, H, W) a level.

    Example:
        >>> import torch
        >>> anchors = dict(type='AnchorGenerator', scales=[4], ratios=[1.0, 0.5, 2.0], strides=[8])
        >>> head = AnchorRefinementHead((6,), anchor_generator=anchors)
        >>> scores, deltas = head((torch.rand(1, 6, 4, 5),))
        >>> scores[0].shape, deltas[0].shape
        (torch.Size([1, 6, 4, 5]), torch.Size([1, 12, 4, 5]))

    Source: "Single-Shot Refinement Neural Network for Object Detection" (Zhang et al., 2018),
    sections 3.1 and 3.2.
    """

    def __init__(self, in_channels: Sequence[int], **kwargs) -> None:
        super().__init__(1, in_channels, **kwargs)

    def loss_by_feat(
        self,
        cls_scores: list[Tensor],
        bbox_preds: list[Tensor],
        batch_gt_instances: list[InstanceData],
        batch_img_metas: list[dict],
        batch_gt_instances_ignore: list[InstanceData] | None = None,
    ) -> dict:
        """Compute the losses against objects of any class; see ``SSDHead.loss_by_feat``."""
        objects = [
            InstanceData(bboxes=instances.bboxes, labels=torch.zeros_like(instances.labels))
            for instances in batch_gt_instances
        ]
        losses = super().loss_by_feat(
            cls_scores, bbox_preds, objects, batch_img_metas, batch_gt_instances_ignore
        )
        return {name.replace('loss_', 'loss_arm_'): value for name, value in losses.items()}

    @torch.no_grad()
    def refine(
        self, cls_scores: list[Tensor], bbox_preds: list[Tensor]
    ) -> list[tuple[list[Tensor], list[Tensor]]]:
        """Decode the anchors of each image, not clipped to it, and their probability of an object.

        Args:
            cls_scores: of `forward`.
            bbox_preds: of `forward`.

        Returns:
            For each image its refined anchors, a tensor (H * W * A, 4) of xyxy pixels a level,
            and their probabilities, (H * W * A,) a level.
        """
        sizes = [scores.shape[-2:] for scores in cls_scores]
        levels = self.prior_generator.grid_priors(sizes, device=cls_scores[0].device)
        refined = []
        for index in range(len(cls_scores[0])):
            anchors, objectness = [], []
            for scores, deltas, original in zip(cls_scores, bbox_preds, levels, strict=True):
                deltas = deltas[index].permute(1, 2, 0).reshape(-1, 4).float()
                scores = scores[index].permute(1, 2, 0).reshape(-1, 2).float()
                anchors.append(self.bbox_coder.decode(original, deltas))
                objectness.append(scores.softmax(-1)[:, 0])
            refined.append((anchors, objectness))
        return refined
