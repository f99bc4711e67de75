"""The average precision of each class, against mmdet's own mean over them."""

import numpy as np
import pytest
from mmdet.evaluation import VOCMetric
from mmdet.registry import METRICS

from mmdownsize.detection import ClasswiseVOCMetric

CLASSES = ('cell', 'platelet', 'dust')


def samples(rng, images=6):
    """Boxes of the first two classes, and guesses around them with some noise."""
    for _ in range(images):
        corners = rng.uniform(0, 50, (4, 2))
        boxes = np.hstack([corners, corners + rng.uniform(10, 40, (4, 2))])
        truth = dict(
            bboxes=boxes,
            labels=np.array([0, 0, 1, 1]),
            bboxes_ignore=np.zeros((0, 4)),
            labels_ignore=np.zeros(0, int),
        )
        noise = np.repeat([1.0, 4.0], 2)[:, None] * rng.normal(size=(4, 4))
        found = np.hstack([boxes + noise, rng.uniform(size=(4, 1))])
        yield truth, [found[:2], found[2:], found[:1]]


def made(kind, **options):
    metric = kind(**dict(dict(metric='mAP', eval_mode='area'), **options))
    metric.dataset_meta = dict(classes=CLASSES)
    return metric


def test_classes_make_up_the_mean_and_the_rest_is_as_upstream():
    results = list(samples(np.random.RandomState(0)))
    options = dict(iou_thrs=[0.5, 0.8])
    ours = made(ClasswiseVOCMetric, **options).compute_metrics(results)
    theirs = made(VOCMetric, **options).compute_metrics(results)
    assert {key: ours[key] for key in theirs} == theirs
    assert set(ours) - set(theirs) == {'AP_cell', 'AP_platelet'}  # there is no dust
    assert np.mean([ours['AP_cell'], ours['AP_platelet']]) == pytest.approx(theirs['mAP'])
    assert ours['AP_cell'] > ours['AP_platelet'] + 0.1  # less noise


def test_class_has_the_precision_of_a_set_without_the_others():
    results = list(samples(np.random.RandomState(1)))
    alone = []
    for truth, found in results:
        kept = truth['labels'] == 1
        truth = dict(truth, bboxes=truth['bboxes'][kept], labels=truth['labels'][kept])
        alone.append((truth, [found[0][:0], found[1], found[2][:0]]))
    whole = made(ClasswiseVOCMetric).compute_metrics(results)
    assert made(VOCMetric).compute_metrics(alone)['mAP'] == pytest.approx(whole['AP_platelet'])


def test_recall_is_left_alone():
    truth, found = next(samples(np.random.RandomState(0)))
    metric = made(ClasswiseVOCMetric, metric='recall', proposal_nums=(10,))
    assert not [key for key in metric.compute_metrics([(truth, found)]) if key.startswith('AP_')]


def test_scores_are_named_as_those_of_upstream():
    metric = METRICS.build(dict(type='ClasswiseVOCMetric'))
    assert metric.prefix == 'pascal_voc'
