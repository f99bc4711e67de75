import math

import numpy as np
import pytest
import torch
from mmseg.evaluation import IoUMetric

from mmdownsize.segmentation import ObjectSizeIoU

CLASSES = ('road', 'car', 'pole')


def evaluate(metric, pairs):
    metric.dataset_meta = dict(classes=CLASSES)
    samples = [
        dict(
            pred_sem_seg=dict(data=torch.from_numpy(predicted)[None]),
            gt_sem_seg=dict(data=torch.from_numpy(labels)[None]),
        )
        for predicted, labels in pairs
    ]
    metric.process({}, samples)
    return metric.evaluate(len(pairs))


def random_pairs():
    draw = np.random.RandomState(0)
    for _ in range(4):
        labels = draw.randint(0, 3, (9, 12)).repeat(3, 0).repeat(2, 1)
        predicted = np.where(draw.rand(*labels.shape) < 0.7, labels, draw.randint(0, 3))
        labels = np.where(draw.rand(*labels.shape) < 0.1, 255, labels)
        yield predicted, labels


def flood(mask, start):
    """The component of a pixel, pixel by pixel."""
    found, border = set(), [start]
    while border:
        row, column = border.pop()
        inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
        if inside and mask[row, column] and (row, column) not in found:
            found.add((row, column))
            border += [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return found


def test_sizes_are_those_of_flooded_components():
    metric = ObjectSizeIoU(edges=(5, 12, 40))
    pairs = list(random_pairs())
    found = evaluate(metric, pairs)
    bounds = dict(zip(metric.names, [(1, 5), (5, 12), (12, 40), (40, 10**9)], strict=True))
    counts = {(name, size): [0, 0] for name in CLASSES for size in bounds}
    for predicted, labels in pairs:
        for label, name in enumerate(CLASSES):
            truth, guess = labels == label, (predicted == label) & (labels != 255)
            for pixel in zip(*np.nonzero(truth | guess), strict=True):
                area = len(flood(truth if truth[pixel] else guess, pixel))
                (size,) = (key for key, (low, high) in bounds.items() if low <= area < high)
                counts[name, size][0] += int(truth[pixel] and guess[pixel])
                counts[name, size][1] += 1
    for (name, size), (intersection, union) in counts.items():
        expected = 100 * intersection / union if union else math.nan
        assert found[f'IoU/{name}/{size}'] == pytest.approx(expected, nan_ok=True)


def test_all_sizes_together_are_mmsegs_iou():
    pairs = list(random_pairs())
    found = evaluate(ObjectSizeIoU(), pairs)
    whole = evaluate(IoUMetric(iou_metrics=['mIoU']), pairs)
    mean = np.mean([found[f'IoU/{name}'] for name in CLASSES])
    assert mean == pytest.approx(whole['mIoU'], abs=0.01)  # it rounds


def test_class_that_does_not_occur_has_no_iou():
    found = evaluate(ObjectSizeIoU(), [(np.zeros((8, 8), int), np.zeros((8, 8), int))])
    assert found['IoU/road'] == 100 and found['IoU/road/64-255'] == 100
    assert math.isnan(found['IoU/pole']) and math.isnan(found['IoU/road/<64'])


@pytest.mark.parametrize('edges', [(), (0, 5), (5, 5), (9, 3)])
def test_edges_that_do_not_grow_are_refused(edges):
    with pytest.raises(ValueError, match='edges are numbers of pixels that grow'):
        ObjectSizeIoU(edges=edges)
