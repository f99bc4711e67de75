"""The two steps of RefineDet, against loops over single anchors in float64."""

import math
from pathlib import Path

import pytest
import torch
from mmengine.config import Config, ConfigDict
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData

from mmdownsize.detection import RefineDetHead

CLASSES = 3
STDS = (0.1, 0.1, 0.2, 0.2)
STRIDES = (8, 16)
SIZES = [(5, 4), (3, 2)]  # of the maps
PUBLISHED = Config.fromfile(
    Path(__file__).parents[2] / 'configs' / '_base_' / 'models' / 'refinedet_vgg16.py'
).model
TRUTH = [
    ([[4.0, 3.0, 30.0, 34.0], [1.0, 8.0, 19.0, 25.0]], [2, 0]),
    ([[2.0, 10.0, 31.0, 39.0]], [1]),
]
META = dict(img_shape=(40, 32), pad_shape=(40, 32), scale_factor=(0.5, 0.25))


@pytest.fixture(autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


@pytest.fixture
def head():
    with DefaultScope.overwrite_default_scope('mmdet'):
        return RefineDetHead(
            CLASSES,
            (4, 4),
            source_channels=(6, 6),
            objectness_thr=PUBLISHED.bbox_head.objectness_thr,
            anchor_generator=dict(
                PUBLISHED.bbox_head.anchor_generator, strides=list(STRIDES), scales=[2]
            ),
            bbox_coder=PUBLISHED.bbox_head.bbox_coder,
            train_cfg=PUBLISHED.train_cfg,
            test_cfg=PUBLISHED.test_cfg,
        )


@pytest.fixture
def outputs():
    """Random predictions of both steps, in which a third of the anchors are surely background."""
    torch.manual_seed(5)

    def levels(channels, scale):
        return [scale * torch.randn(2, 3 * channels, *size) for size in SIZES]

    arm_scores = levels(2, 1.0)
    for level in arm_scores:
        sure = torch.rand(2, 3, *level.shape[-2:]) < 0.33
        level.view(2, 3, 2, *level.shape[-2:])[:, :, 1] += 12.0 * sure
    tensors = arm_scores, levels(4, 0.7), levels(CLASSES + 1, 2.0), levels(4, 0.7)
    for group in tensors:
        for level in group:
            level.requires_grad_()
    return tensors


def flatten(levels: list, channels: int, image: int) -> list[list[float]]:
    """One row an anchor, in the order level, row, column, anchor."""
    rows = []
    for level in levels:
        _, depth, height, width = level.shape
        for row in range(height):
            for column in range(width):
                for anchor in range(depth // channels):
                    start = anchor * channels
                    values = level[image, start : start + channels, row, column]
                    rows.append(values.double().tolist())
    return rows


def original_anchors() -> list[tuple]:
    anchors = []
    for stride, (height, width) in zip(STRIDES, SIZES, strict=True):
        for row in range(height):
            for column in range(width):
                for ratio in (1.0, 0.5, 2.0):
                    w, h = 2 * stride / ratio**0.5, 2 * stride * ratio**0.5
                    x, y = (column + 0.5) * stride, (row + 0.5) * stride
                    anchors.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    return anchors


def centre(box):
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]


def decode(anchor, delta):
    x, y, w, h = centre(anchor)
    dx, dy, dw, dh = (value * std for value, std in zip(delta, STDS, strict=True))
    x, y, w, h = x + dx * w, y + dy * h, w * math.exp(dw), h * math.exp(dh)
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def encode(anchor, box):
    x, y, w, h = centre(anchor)
    bx, by, bw, bh = centre(box)
    deltas = (bx - x) / w, (by - y) / h, math.log(bw / w), math.log(bh / h)
    return [value / std for value, std in zip(deltas, STDS, strict=True)]


def overlap(a, b):
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def match(anchors, boxes):
    """The object of each anchor, or None: its best one from IoU 0.5 on, or it is the best's own."""
    owners = []
    for anchor in anchors:
        overlaps = [overlap(anchor, box) for box in boxes]
        best = max(range(len(boxes)), key=overlaps.__getitem__)
        owners.append(best if overlaps[best] >= 0.5 else None)
    for index, box in enumerate(boxes):
        best = max(range(len(anchors)), key=lambda k: overlap(anchors[k], box))
        owners[best] = index
    return owners


def softmax(values):
    exponents = [math.exp(value - max(values)) for value in values]
    return [value / sum(exponents) for value in exponents]


def smooth_l1(difference):
    difference = abs(difference)
    return 0.5 * difference**2 if difference < 1 else difference - 0.5


def step_loss(images):
    """Class and box loss of images of (scores, deltas, anchors, owners, labels, keep, boxes)."""
    class_loss = box_loss = positives = 0
    for scores, deltas, anchors, owners, labels, keep, boxes in images:
        negatives = []
        found = 0
        for k, owner in enumerate(owners):
            probabilities = softmax(scores[k])
            if owner is None:
                if keep[k]:
                    negatives.append(-math.log(probabilities[-1]))
                continue
            found += 1
            class_loss -= math.log(probabilities[labels[owner]])
            target = encode(anchors[k], boxes[owner])
            box_loss += sum(smooth_l1(p - t) for p, t in zip(deltas[k], target, strict=True))
        class_loss += sum(sorted(negatives, reverse=True)[: 3 * found])
        positives += found
    return class_loss / max(1, positives), box_loss / max(1, positives)


def naive_losses(outputs):
    first, second = [], []
    for image, (boxes, labels) in enumerate(TRUTH):
        arm_scores, arm_deltas = (flatten(outputs[k], n, image) for k, n in ((0, 2), (1, 4)))
        scores, deltas = flatten(outputs[2], CLASSES + 1, image), flatten(outputs[3], 4, image)
        anchors = original_anchors()
        everywhere = [True] * len(anchors)
        owners = match(anchors, boxes)
        first.append((arm_scores, arm_deltas, anchors, owners, [0] * len(boxes), everywhere, boxes))
        refined = [decode(*pair) for pair in zip(anchors, arm_deltas, strict=True)]
        keep = [softmax(pair)[0] >= 0.01 for pair in arm_scores]
        assert 0 < keep.count(False) < len(keep)
        owners = match(refined, boxes)
        assert any(owner is not None and not kept for owner, kept in zip(owners, keep, strict=True))
        second.append((scores, deltas, refined, owners, labels, keep, boxes))
    return *step_loss(first), *step_loss(second)


def truth() -> list[InstanceData]:
    return [
        InstanceData(bboxes=torch.tensor(boxes), labels=torch.tensor(labels))
        for boxes, labels in TRUTH
    ]


def test_losses_equal_a_loop_over_anchors(head, outputs):
    losses = head.loss_by_feat(*outputs, truth(), [META, META])
    names = 'loss_arm_cls', 'loss_arm_bbox', 'loss_cls', 'loss_bbox'
    assert set(losses) == set(names)
    for name, expected in zip(names, naive_losses(outputs), strict=True):
        assert sum(losses[name]).item() == pytest.approx(expected, rel=1e-5), name


def test_second_step_sends_no_gradient_into_the_first(head, outputs):
    losses = head.loss_by_feat(*outputs, truth(), [META, META])
    (sum(losses['loss_cls']) + sum(losses['loss_bbox'])).sum().backward()
    assert all(level.grad is None for level in (*outputs[0], *outputs[1]))
    assert all(level.grad.abs().sum() > 0 for level in (*outputs[2], *outputs[3]))


def test_batch_without_objects_has_no_loss(head, outputs):
    nothing = InstanceData(bboxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.long))
    losses = head.loss_by_feat(*outputs, [nothing, nothing], [META, META])
    assert all(value.sum() == 0 for values in losses.values() for value in values)


def test_images_without_objects_do_not_dilute_the_loss(head, outputs):
    """Upstream's SSD counts one positive for each of them."""
    nothing = InstanceData(bboxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.long))
    alone = [[level[:1] for level in levels] for levels in outputs]
    both = head.loss_by_feat(*outputs, [truth()[0], nothing], [META, META])
    single = head.loss_by_feat(*alone, truth()[:1], [META])
    for name, values in single.items():
        torch.testing.assert_close(sum(both[name]), sum(values))


def test_detections_equal_a_loop_over_anchors(head, outputs):
    """Two regressions, clipping after the second only, filtered anchors silent, rescaled."""
    found = head.predict_by_feat(
        *outputs, batch_img_metas=[META, META], rescale=True, with_nms=False
    )
    for image, result in enumerate(found):
        arm_scores, arm_deltas = (flatten(outputs[k], n, image) for k, n in ((0, 2), (1, 4)))
        scores, deltas = flatten(outputs[2], CLASSES + 1, image), flatten(outputs[3], 4, image)
        expected = []
        for k, anchor in enumerate(original_anchors()):
            if softmax(arm_scores[k])[0] < 0.01:
                continue
            x1, y1, x2, y2 = decode(decode(anchor, arm_deltas[k]), deltas[k])
            box = [
                min(max(x1, 0), 32) / 0.5,
                min(max(y1, 0), 40) / 0.25,
                min(max(x2, 0), 32) / 0.5,
                min(max(y2, 0), 40) / 0.25,
            ]
            if box[2] <= box[0] or box[3] <= box[1]:
                continue
            probabilities = softmax(scores[k])[:-1]
            expected += [(p, c, *box) for c, p in enumerate(probabilities) if p > 0.01]
        got = torch.cat([result.scores[:, None], result.labels[:, None], result.bboxes], 1)
        order = got[:, 0].argsort(descending=True)
        expected = torch.tensor(sorted(expected, reverse=True))
        torch.testing.assert_close(got[order].detach(), expected, atol=1e-3, rtol=1e-5)


def test_scores_given_in_are_left_as_they_were(head, outputs):
    before = [level.detach().clone() for level in outputs[2]]
    head.predict_by_feat(*outputs, batch_img_metas=[META, META])
    assert all(torch.equal(a, b) for a, b in zip(before, outputs[2], strict=True))


def test_nms_and_the_limit_of_detections_apply(head, outputs):
    found = head.predict_by_feat(*outputs, batch_img_metas=[META, META])
    every = head.predict_by_feat(*outputs, batch_img_metas=[META, META], with_nms=False)
    few = head.predict_by_feat(
        *outputs, batch_img_metas=[META, META], cfg=ConfigDict(PUBLISHED.test_cfg, max_per_img=7)
    )
    assert len(few[0]) == 7 < len(found[0]) < len(every[0])
    torch.testing.assert_close(few[0].scores, found[0].scores[:7])
