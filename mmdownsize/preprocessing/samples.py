"""Metas and annotations of one sample, rescaled to its downsized image.

The only place that does it. Nothing here imports mmdet or mmseg: a sample is any mmengine
`BaseDataElement`, and its fields are known by their names. All is done out of place, because on
the CPU a sample shares its tensors with the data set.
"""

from typing import Any

import numpy as np
import torch
from mmengine.structures import BaseDataElement
from torch import Tensor

_INSTANCES = ('gt_instances', 'ignored_instances', 'proposals')
LABEL_MAPS = ('gt_sem_seg', 'gt_panoptic_seg', 'gt_edge_map', 'gt_depth_map')
Size = tuple[int, int]


def rescale_sample(
    sample: BaseDataElement, source: Size, target: Size, *, training: bool, gt_sem_seg: str = 'keep'
) -> BaseDataElement:
    """Rescale the metas of a sample, and in training its annotations.

    In prediction annotations stay as they are: test pipelines load them after the resize, in the
    coordinates of the original image, and metrics and visualizers read them there. Proposals are
    input, and are rescaled in both.

    Args:
        sample: `DetDataSample`, `SegDataSample` or their like. It is not changed.
        source: height and width of the image before the downsizing.
        target: height and width after it.
        training: whether annotations are rescaled.
        gt_sem_seg: 'keep' leaves label maps at full resolution, 'nearest' resizes them.

    Returns:
        A new sample, which shares with the given one what did not change.

    Example:
        >>> from mmengine.structures import InstanceData
        >>> sample = BaseDataElement(metainfo=dict(img_shape=(40, 60), ori_shape=(40, 60)))
        >>> sample.gt_instances = InstanceData(bboxes=torch.tensor([[10., 20., 30., 40.]]))
        >>> small = rescale_sample(sample, (40, 60), (20, 15), training=True)
        >>> small.img_shape, small.scale_factor, small.gt_instances.bboxes.tolist()
        ((20, 15), (0.25, 0.5), [[2.5, 10.0, 7.5, 20.0]])
    """
    scale = (target[1] / source[1], target[0] / source[0])
    rescaled = sample.new()
    rescaled.set_metainfo(_rescale_metas(sample, target, scale))
    for name in _INSTANCES if training else ('proposals',):
        if name in sample:
            setattr(rescaled, name, _rescale_instances(sample.get(name), target, scale))
    if training and gt_sem_seg == 'nearest':
        for name in LABEL_MAPS:
            if name in sample:
                setattr(rescaled, name, _resize_label_map(sample.get(name), target))
    return rescaled


def _rescale_metas(sample: BaseDataElement, target: Size, scale: tuple[float, float]) -> dict:
    before = sample.get('scale_factor', (1.0, 1.0))
    metas = dict(
        img_shape=target,
        pad_shape=target,
        scale_factor=(float(before[0]) * scale[0], float(before[1]) * scale[1]),
    )
    if 'border' in sample:  # (top, bottom, left, right)
        border = np.asarray(sample.get('border'), dtype=np.float32)
        metas['border'] = border * np.array([scale[1], scale[1], scale[0], scale[0]], np.float32)
    if 'homography_matrix' in sample:  # from original pixels to those of the image
        before = np.asarray(sample.get('homography_matrix'))
        metas['homography_matrix'] = (np.diag([*scale, 1.0]) @ before).astype(before.dtype)
    return metas


def _rescale_instances(
    instances: BaseDataElement, target: Size, scale: tuple[float, float]
) -> BaseDataElement:
    rescaled = instances.new()
    if 'bboxes' in instances:
        rescaled.bboxes = _rescale_boxes(instances.bboxes, scale)
    if 'masks' in instances:
        rescaled.masks = _resize_masks(instances.masks, target)
    return rescaled


def _rescale_boxes(boxes: Any, scale: tuple[float, float]) -> Any:
    if hasattr(boxes, 'rescale_'):  # mmdet's BaseBoxes: knows its own geometry
        boxes = boxes.clone()
        boxes.rescale_(scale)
        return boxes
    return boxes * torch.tensor(scale, device=boxes.device).repeat(2)


def _resize_masks(masks: Any, target: Size) -> Any:
    if isinstance(masks, Tensor):
        return resize_nearest(masks, target)
    if isinstance(masks.masks, np.ndarray):
        # mmdet's BitmapMasks. Its own resize goes by cv2, whose nearest neighbour is half a pixel
        # off the centres that boxes and images are resized by.
        resized = resize_nearest(torch.from_numpy(masks.masks), target).numpy()
        return type(masks)(resized, *target)
    return masks.resize(target)  # PolygonMasks: exact


def _resize_label_map(label_map: BaseDataElement, target: Size) -> BaseDataElement:
    resized = {name: resize_nearest(value, target) for name, value in label_map.items()}
    return type(label_map)(metainfo=dict(label_map.metainfo_items()), **resized)


def resize_nearest(labels: Tensor, size: Size) -> Tensor:
    """Take for each output pixel the input pixel that its centre lies in, in any dtype.

    Args:
        labels: shape (..., H, W).
        size: height and width of the result.

    Example:
        >>> resize_nearest(torch.arange(10)[None], (1, 3)).tolist()
        [[1, 5, 8]]
    """
    rows, cols = (
        (2 * torch.arange(target, device=labels.device) + 1) * source // (2 * target)
        for source, target in zip(labels.shape[-2:], size, strict=True)
    )
    return labels[..., rows[:, None], cols]
