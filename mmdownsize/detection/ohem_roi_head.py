"""A RoI head with online hard example mining over all RoIs of the batch."""

from typing import Any

import torch
from mmdet.models import StandardRoIHead
from mmdet.models.task_modules import SamplingResult
from mmdet.registry import MODELS
from mmdet.structures.bbox import bbox2roi
from torch import Tensor


@MODELS.register_module()
class OHEMRoIHead(StandardRoIHead):
    """Train a box head on the RoIs of the batch that have the highest loss.

    Every sampled RoI passes the head once. The RoIs of all images of this process are ranked
    together by classification loss + box loss, each before its ``loss_weight``; the first
    ``num_per_image`` x images are kept. Both losses are summed over the kept RoIs and divided
    by their number, the others get no gradient. mmdet's ``OHEMSampler`` differs in all of
    that: by one loss, image by image, positives and negatives apart, with a second forward.

    For the rule of the release, let the sampler keep all: ``dict(type='RandomSampler',
    num=10**9, pos_fraction=1.0, add_gt_as_proposals=True)``.

    Args:
        num_per_image: RoIs kept per image, at least 1; all of them if there are fewer.
        kwargs: as for ``StandardRoIHead``.

    Raises:
        ValueError: if ``num_per_image`` is below 1, or if the box head lacks one of the losses
            or does not give one per RoI.

    Example:
        >>> bbox_head = dict(type='BBoxHead', in_channels=1, num_classes=2)
        >>> extractor = dict(
        ...     type='PSRoIExtractor', roi_layer=dict(type='PSRoIAlign', output_size=7),
        ...     out_channels=1, featmap_strides=[16])
        >>> head = OHEMRoIHead(
        ...     num_per_image=256, bbox_roi_extractor=extractor, bbox_head=bbox_head)
        >>> head.num_per_image
        256

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017),
    section 4.1, and the authors' release.
    """

    def __init__(self, *args: Any, num_per_image: int = 256, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if num_per_image < 1:
            raise ValueError(f'num_per_image must be at least 1, got {num_per_image}')
        if self.with_bbox and not (self.bbox_head.with_cls and self.bbox_head.with_reg):
            raise ValueError(
                'OHEMRoIHead ranks RoIs by classification and box loss, got a box head with '
                f'with_cls={self.bbox_head.with_cls}, with_reg={self.bbox_head.with_reg}: '
                f'set both to True, or use StandardRoIHead'
            )
        self.num_per_image = num_per_image

    def bbox_loss(self, x: tuple[Tensor, ...], sampling_results: list[SamplingResult]) -> dict:
        """Compute the losses of the box head over the hardest RoIs of the batch.

        Args:
            x: feature maps, each of shape (N, C, H, W).
            sampling_results: the RoIs of each image and their targets.

        Returns:
            The results of the forward pass and, under ``loss_bbox``, the dict of losses.
        """
        rois = bbox2roi([result.priors for result in sampling_results])
        results = self._bbox_forward(x, rois)
        targets = self.bbox_head.get_targets(sampling_results, self.train_cfg)
        losses = self.bbox_head.loss(
            results['cls_score'],
            results['bbox_pred'],
            rois,
            *targets,
            reduction_override='none',
        )
        cls_loss, box_loss = self._losses_per_roi(results, losses, labels=targets[0])
        kept = self._hardest(cls_loss, box_loss, num_images=len(sampling_results))
        count = max(len(kept), 1)
        losses['loss_cls'] = cls_loss[kept].sum() / count
        losses['loss_bbox'] = box_loss[kept].sum() / count
        results['loss_bbox'] = losses
        return results

    def _losses_per_roi(
        self, results: dict, losses: dict, *, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Bring both losses to shape (R,), zero for the boxes of background."""
        num_rois = len(labels)
        per_positive = losses['loss_bbox']
        if per_positive.dim() == 0:  # there are no positives: mmdet gives a zero, in the graph
            box_loss = per_positive.expand(num_rois)
        else:
            positive = (labels >= 0) & (labels < self.bbox_head.num_classes)
            per_positive = per_positive.reshape(len(per_positive), -1).sum(1)
            box_loss = per_positive.new_zeros(num_rois).masked_scatter(positive, per_positive)
        if num_rois == 0:  # mmdet gives no class loss
            return results['cls_score'].sum(1), box_loss
        cls_loss = losses.get('loss_cls')
        if cls_loss is None or cls_loss.numel() % num_rois:
            got = {name: tuple(value.shape) for name, value in losses.items()}
            raise ValueError(
                f"OHEMRoIHead ranks by one 'loss_cls' for each of the {num_rois} RoIs, but "
                f'{type(self.bbox_head.loss_cls).__name__} gave {got}: use a loss that honours '
                f"reduction_override='none', such as CrossEntropyLoss"
            )
        return cls_loss.reshape(num_rois, -1).sum(1), box_loss

    def _hardest(self, cls_loss: Tensor, box_loss: Tensor, *, num_images: int) -> Tensor:
        """List the RoIs to keep, those of highest loss."""
        with torch.no_grad():
            # the release doubles the box loss after the ranking, not before
            cls_weight = getattr(self.bbox_head.loss_cls, 'loss_weight', 1.0) or 1.0
            box_weight = getattr(self.bbox_head.loss_bbox, 'loss_weight', 1.0) or 1.0
            hardness = cls_loss / cls_weight + box_loss / box_weight
            return hardness.topk(min(self.num_per_image * num_images, len(hardness))).indices
