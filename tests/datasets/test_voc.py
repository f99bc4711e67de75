import shutil
import warnings

import cv2
import numpy as np
import pytest
import torch
from mmdet.datasets import VOCDataset
from mmdet.evaluation import VOCMetric, eval_map
from mmdet.evaluation.metrics import voc_metric
from mmdet.registry import DATASETS
from mmdet.utils import register_all_modules
from mmengine.structures import InstanceData

import mmdownsize.datasets.voc  # noqa: F401
from mmdownsize.datasets import TEXTURE_CLASSES
from mmdownsize.datasets.texture_scene import draw_scene

TRAIN_PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='PackDetInputs'),
]


@pytest.fixture(autouse=True)
def mmdet_scope():
    register_all_modules(init_default_scope=True)


@pytest.fixture
def root(tmp_path, texture_root):
    return shutil.copytree(texture_root, tmp_path / 'texture')


def settings(root, **changes):
    base = dict(
        type='VOCFolderDataset',
        data_root=str(root),
        ann_file='VOC2007/ImageSets/Main/train.txt',
        data_prefix=dict(sub_data_root='VOC2007/'),
        metainfo=dict(classes=TEXTURE_CLASSES),
        pipeline=TRAIN_PIPELINE,
    )
    return {**base, **changes}


def test_annotations_are_those_that_were_drawn(root):
    dataset = DATASETS.build(settings(root))
    assert len(dataset) == 6
    for index in range(6):
        _, objects = draw_scene(160, np.random.RandomState([3, 0, index]))
        sample = dataset[index]['data_samples']
        assert sample.gt_instances.bboxes.tensor.tolist() == [list(item.box) for item in objects]
        labels = [TEXTURE_CLASSES.index(item.name) for item in objects]
        assert sample.gt_instances.labels.tolist() == labels


@pytest.mark.parametrize('asked', [False, True])
def test_difficult_objects_are_taught_where_asked_for_and_never_tested(root, asked):
    path = root / 'VOC2007/Annotations/train_00000.xml'
    text = path.read_text()
    assert text.count('<difficult>0') >= 2
    path.write_text(text.replace('<difficult>0', '<difficult>1', 1))
    changes = dict(train_on_difficult=asked)
    sample = DATASETS.build(settings(root, **changes))[0]['data_samples']
    assert len(sample.ignored_instances) == (not asked)
    assert len(sample.gt_instances) + len(sample.ignored_instances) == text.count('<object>')
    sample = DATASETS.build(settings(root, test_mode=True, **changes))[0]['data_samples']
    assert len(sample.ignored_instances) == 1


def test_loads_what_upstream_loads(root):
    ours = DATASETS.build(settings(root))
    theirs = DATASETS.build(settings(root, type='VOCDataset'))
    assert [ours.get_data_info(k) for k in range(6)] == [theirs.get_data_info(k) for k in range(6)]


@pytest.mark.parametrize('path', ['', 'Annotations', 'JPEGImages/train_00002.jpg'])
def test_registry_passes_the_message_on_in_one_line(root, path):
    target = root / 'VOC2007' / path
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(FileNotFoundError) as error:
        DATASETS.build(settings(root))
    assert str(target).rstrip('/') in str(error.value) and '\n' not in str(error.value)


def test_empty_list_is_an_error(root):
    (root / 'VOC2007/ImageSets/Main/train.txt').write_text('')
    with pytest.raises(ValueError, match='it is empty'):
        DATASETS.build(settings(root))


def test_classes_that_occur_nowhere_are_an_error(root):
    with pytest.raises(ValueError, match=r"classes \('cat',\); set metainfo"):
        DATASETS.build(settings(root, metainfo=dict(classes=('cat',))))


@pytest.mark.parametrize(
    ('classes', 'error', 'message'),
    [
        ('bar_checks', TypeError, r"for one class write \('bar_checks',\)"),
        (('bar_checks', 'bar_checks'), ValueError, r"names \['bar_checks'\] twice"),
    ],
)
def test_classes_are_a_tuple_of_different_names(root, classes, error, message):
    with pytest.raises(error, match=message):
        DATASETS.build(settings(root, metainfo=dict(classes=classes)))


def test_files_elsewhere_are_not_looked_for_here(root, monkeypatch):
    monkeypatch.setattr(mmdownsize.datasets.voc, 'check_voc_files', None)
    DATASETS.build(settings(root, backend_args=dict(backend='petrel'), lazy_init=True))


def test_pascal_voc_keeps_its_dataset_type(root):
    dataset = DATASETS.build(settings(root, metainfo=None, lazy_init=True))
    assert dataset.metainfo['dataset_type'] == 'VOC2007'
    assert dataset.metainfo['classes'] == VOCDataset.METAINFO['classes']


@pytest.mark.parametrize('eval_mode', ['area', '11points'])
def test_metric_of_all_objects_found_and_of_one_class_missed(root, eval_mode, monkeypatch):
    """The mean over the classes that occur; and the table is given our class names."""
    named = []

    def eval_map_noting_names(*args, dataset, **kwargs):
        named.append(dataset)
        return eval_map(*args, dataset=dataset, **kwargs)

    monkeypatch.setattr(voc_metric, 'eval_map', eval_map_noting_names)
    dataset = DATASETS.build(settings(root))
    names = [TEXTURE_CLASSES[k] for k in {i for n in range(6) for i in dataset.get_cat_ids(n)}]
    for drop in (False, True):
        metric = VOCMetric(metric='mAP', eval_mode=eval_mode)
        metric.dataset_meta = dataset.metainfo
        for index in range(6):
            truth = dataset[index]['data_samples']
            boxes, labels = truth.gt_instances.bboxes.tensor, truth.gt_instances.labels
            kept = labels != TEXTURE_CLASSES.index(names[0]) if drop else labels >= 0
            truth.pred_instances = InstanceData(
                bboxes=boxes[kept], labels=labels[kept], scores=torch.ones(int(kept.sum()))
            )
            truth.gt_instances = InstanceData(bboxes=boxes, labels=labels)
            truth.ignored_instances = InstanceData(bboxes=boxes[:0], labels=labels[:0])
            metric.process({}, [truth.to_dict()])
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            score = metric.evaluate(6)['pascal_voc/mAP']
        assert score == pytest.approx(1 - drop / len(names), abs=1e-6)
    assert named == [TEXTURE_CLASSES] * 2


def outcome(dataset, index):
    """The image, or what came instead of it."""
    try:
        return dataset[index]['inputs'].numpy()
    except (AssertionError, cv2.error) as error:
        return str(error)


@pytest.mark.parametrize('kept', [0.0, 0.01, 0.5])
def test_damaged_image_in_training_is_treated_as_upstream_does(root, kept):
    """Cut to nothing, within the header, and half way: some decoders fill up the last one."""
    path = root / 'VOC2007/JPEGImages/train_00001.jpg'
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    ours = outcome(DATASETS.build(settings(root)), 1)
    theirs = outcome(DATASETS.build(settings(root, type='VOCDataset')), 1)
    assert np.array_equal(ours, theirs)
    if kept == 0.01:
        assert ours == f'failed to load image: {path}'


def test_size_of_an_image_may_be_left_to_its_file(root):
    path = root / 'VOC2007/Annotations/train_00000.xml'
    text = path.read_text()
    path.write_text(text[: text.index('<size>')] + text[text.index('</size>') + 7 :])
    info = DATASETS.build(settings(root)).get_data_info(0)
    assert (info['height'], info['width']) == (160, 160)
