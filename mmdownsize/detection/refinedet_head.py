"""The second step of RefineDet: detect from the anchors that the first has refined."""

from collections.abc import Sequence

import torch
from mmdet.models.utils import select_single_mlvl
from mmdet.registry import MODELS
from mmengine.structures import InstanceData
from torch import Tensor

from .anchor_refinement_head import AnchorRefinementHead
from .refinedet_step import RefineDetStep


@MODELS.register_module()
class RefineDetHead(RefineDetStep):
    """RefineDet's second step (ODM), detecting from the anchors that the first has refined.

    Targets are matched and encoded against the refined anchors, through which no gradient passes.
    Anchors that the first step takes for background are no negatives of the second, and detect
    nothing; positives are never filtered.

    Args:
        num_classes: number of classes, the background not counted.
        in_channels: channels of each map of the pyramid.
        source_channels: channels of each source map, which the first step reads.
        anchor_generator: of the original anchors.
        bbox_coder: of both steps; only the second clips boxes to the image.
        objectness_thr: probability of an object, 0 to 1, below which the first step filters.
        train_cfg: of both steps, as for ``SSDHead``.
        kwargs: as for ``SSDHead``.

    Shape:
        ((N, source_channels[l], H, W), ...), ((N, in_channels[l], H, W), ...) -> 2A confidences
        and 4A deltas of the first step, (num_classes + 1)A scores (background last) and 4A deltas
        of the second, each as one (N, ., H, W) a level.

    Example:
        >>> import torch
        >>> anchors = dict(type='AnchorGenerator', scales=[4], ratios=[1.0, 0.5, 2.0], strides=[8])
        >>> coder = dict(type='DeltaXYWHBBoxCoder', target_stds=[0.1, 0.1, 0.2, 0.2])
        >>> head = RefineDetHead(
        ...     20, (4,), source_channels=(6,), anchor_generator=anchors, bbox_coder=coder)
        >>> outputs = head(((torch.rand(1, 6, 4, 5),), (torch.rand(1, 4, 4, 5),)))
        >>> [tuple(levels[0].shape[1:]) for levels in outputs]
        [(6, 4, 5), (12, 4, 5), (63, 4, 5), (12, 4, 5)]

    Source: "Single-Shot Refinement Neural Network for Object Detection" (Zhang et al., 2018), and
    its release.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: Sequence[int],
        *,
        source_channels: Sequence[int],
        anchor_generator: dict,
        bbox_coder: dict,
        objectness_thr: float = 0.01,
        train_cfg: dict | None = None,
        **kwargs,
    ) -> None:
        shared = dict(anchor_generator=anchor_generator, train_cfg=train_cfg)
        super().__init__(num_classes, in_channels, bbox_coder=bbox_coder, **shared, **kwargs)
        self.objectness_thr = objectness_thr
        self.arm = AnchorRefinementHead(
            source_channels, bbox_coder={**bbox_coder, 'clip_border': False}, **shared
        )

    def forward(
        self, x: tuple[Sequence[Tensor], Sequence[Tensor]]
    ) -> tuple[list[Tensor], list[Tensor], list[Tensor], list[Tensor]]:
        """Score and regress in both steps; see the class."""
        sources, pyramid = x
        return *self.arm(sources), *super().forward(pyramid)

    def loss_by_feat(
        self,
        arm_scores: list[Tensor],
        arm_deltas: list[Tensor],
        cls_scores: list[Tensor],
        bbox_preds: list[Tensor],
        batch_gt_instances: list[InstanceData],
        batch_img_metas: list[dict],
        batch_gt_instances_ignore: list[InstanceData] | None = None,
    ) -> dict:
        """Compute the losses of both steps; arguments as `forward` gives them, then mmdet's own.

        Returns:
            ``loss_arm_cls``, ``loss_arm_bbox``, ``loss_cls`` and ``loss_bbox``, a list each with
            one tensor an image, whose sum is the loss of the batch.
        """
        truth = batch_gt_instances, batch_gt_instances_ignore
        losses = self.arm.loss_by_feat(arm_scores, arm_deltas, truth[0], batch_img_metas, truth[1])
        metas = [
            {**meta, 'refined_anchors': anchors, 'objectness': torch.cat(objectness)}
            for meta, (anchors, objectness) in zip(
                batch_img_metas, self.arm.refine(arm_scores, arm_deltas), strict=True
            )
        ]
        return losses | super().loss_by_feat(cls_scores, bbox_preds, truth[0], metas, truth[1])

    def get_anchors(
        self, featmap_sizes: list[tuple], batch_img_metas: list[dict], device: torch.device
    ) -> tuple[list[list[Tensor]], list[list[Tensor]]]:
        """Give the refined anchors in place of the original ones; see ``AnchorHead``."""
        _, valid = super().get_anchors(featmap_sizes, batch_img_metas, device)
        return [meta['refined_anchors'] for meta in batch_img_metas], valid

    def _get_targets_single(
        self,
        flat_anchors: Tensor,
        valid_flags: Tensor,
        gt_instances: InstanceData,
        img_meta: dict,
        *args,
        **kwargs,
    ) -> tuple:
        """Take the negatives away that the first step is sure of."""
        labels, weights, *targets = super()._get_targets_single(
            flat_anchors, valid_flags, gt_instances, img_meta, *args, **kwargs
        )
        filtered = (labels == self.num_classes) & (img_meta['objectness'] < self.objectness_thr)
        return labels, weights.masked_fill(filtered, 0), *targets

    def predict_by_feat(
        self,
        arm_scores: list[Tensor],
        arm_deltas: list[Tensor],
        cls_scores: list[Tensor],
        bbox_preds: list[Tensor],
        batch_img_metas: list[dict],
        cfg: dict | None = None,
        rescale: bool = False,
        with_nms: bool = True,
    ) -> list[InstanceData]:
        """Detect, from the refined anchors; see ``BaseDenseHead.predict_by_feat``."""
        results = []
        for index, (anchors, objectness) in enumerate(self.arm.refine(arm_scores, arm_deltas)):
            scores = select_single_mlvl(cls_scores, index)
            results.append(
                self._predict_by_feat_single(
                    [self._suppress(*level) for level in zip(scores, objectness, strict=True)],
                    select_single_mlvl(bbox_preds, index),
                    [None] * len(anchors),
                    anchors,
                    batch_img_metas[index],
                    cfg,
                    rescale,
                    with_nms,
                )
            )
        return results

    def _suppress(self, scores: Tensor, objectness: Tensor) -> Tensor:
        """Let the softmax of filtered anchors be all background; (A * classes, H, W) scores."""
        height, width = scores.shape[-2:]
        scores = scores.clone().view(-1, self.cls_out_channels, height, width)
        filtered = objectness.view(height, width, -1).permute(2, 0, 1) < self.objectness_thr
        scores[:, :-1].masked_fill_(filtered[:, None], -torch.inf)
        return scores.flatten(0, 1)
