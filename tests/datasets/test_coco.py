import json
import pickle
import shutil
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest
from mmdet.registry import DATASETS
from mmdet.utils import register_all_modules
from small_data import write_coco

import mmdownsize.datasets.coco
import mmdownsize.datasets.voc  # noqa: F401
from mmdownsize.datasets import TEXTURE_CLASSES

CLASSES = tuple(f'{name} object' for name in TEXTURE_CLASSES)
NAMES = dict(zip(TEXTURE_CLASSES, CLASSES, strict=True))


@pytest.fixture(autouse=True)
def mmdet_scope():
    register_all_modules(init_default_scope=True)


@pytest.fixture
def root(tmp_path, texture_root):
    return write_coco(texture_root, tmp_path / 'coco', NAMES, polygons=True)


def settings(root, split='train2017', **changes):
    base = dict(
        type='CocoFolderDataset',
        data_root=str(root),
        ann_file=f'annotations/instances_{split}.json',
        data_prefix=dict(img=f'{split}/'),
        metainfo=dict(classes=CLASSES),
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
            dict(type='PackDetInputs'),
        ],
    )
    return {**base, **changes}


def edit(root, change, split='train2017'):
    """Change the annotation file in place."""
    path = root / f'annotations/instances_{split}.json'
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(('split', 'length'), [('train', 6), ('val', 4)])
def test_boxes_and_labels_are_those_of_the_xml_files(root, texture_root, split, length):
    dataset = DATASETS.build(settings(root, f'{split}2017'))
    assert len(dataset) == length
    for index in range(length):
        item = dataset[index]
        sample = item['data_samples']
        name = f'{split}_{index:05d}'
        entries = ET.parse(texture_root / f'VOC2007/Annotations/{name}.xml').findall('object')
        boxes = [
            [int(entry.findtext(f'bndbox/{edge}')) - 1 for edge in ('xmin', 'ymin', 'xmax', 'ymax')]
            for entry in entries
        ]
        assert sample.gt_instances.bboxes.tensor.tolist() == boxes
        found = [CLASSES[label] for label in sample.gt_instances.labels]
        assert found == [NAMES[entry.findtext('name')] for entry in entries]
        for mask, (x1, y1, x2, y2) in zip(sample.gt_instances.masks, boxes, strict=True):
            assert mask.sum() == mask[y1:y2, x1:x2].sum() == (x2 - x1) * (y2 - y1)
        stored = cv2.imread(str(texture_root / f'VOC2007/JPEGImages/{name}.jpg'))
        assert np.array_equal(item['inputs'].permute(1, 2, 0).numpy(), stored)


def test_loads_what_the_voc_set_holds(root, texture_root):
    theirs = DATASETS.build(
        dict(
            type='VOCFolderDataset',
            data_root=str(texture_root),
            ann_file='VOC2007/ImageSets/Main/train.txt',
            data_prefix=dict(sub_data_root='VOC2007/'),
            metainfo=dict(classes=TEXTURE_CLASSES),
        )
    )
    ours = DATASETS.build(settings(root))
    for index in range(6):
        one, other = (d.get_data_info(index)['instances'] for d in (ours, theirs))
        keys = ('bbox', 'bbox_label', 'ignore_flag')
        assert [[i[k] for k in keys] for i in one] == [[i[k] for k in keys] for i in other]


@pytest.mark.parametrize('classes', [CLASSES, CLASSES[2:4]])
@pytest.mark.parametrize('changes', [{}, dict(filter_cfg=dict(filter_empty_gt=True))])
def test_loads_what_upstream_loads(root, classes, changes):
    changes = dict(metainfo=dict(classes=classes), **changes)
    ours = DATASETS.build(settings(root, **changes))
    theirs = DATASETS.build(settings(root, type='CocoDataset', **changes))
    assert len(ours) == len(theirs) > 0
    for index in range(len(ours)):
        assert ours.get_data_info(index) == theirs.get_data_info(index)
    assert (ours.metainfo, ours.cat_ids) == (theirs.metainfo, theirs.cat_ids)


def test_annotation_file_is_parsed_once(root, monkeypatch):
    parsed = []
    load = json.load
    monkeypatch.setattr(json, 'load', lambda file: parsed.append(file.name) or load(file))
    DATASETS.build(settings(root))
    assert parsed == [str(root / 'annotations/instances_train2017.json')]


def test_workers_can_be_sent_the_dataset(root):
    dataset = pickle.loads(pickle.dumps(DATASETS.build(settings(root))))
    assert len(dataset[0]['data_samples'].gt_instances) > 0


@pytest.mark.parametrize(
    'path', ['annotations/instances_train2017.json', 'train2017', 'train2017/train_00002.jpg']
)
@pytest.mark.parametrize('test_mode', [False, True])
def test_registry_passes_the_message_on_in_one_line(root, path, test_mode):
    target = root / path
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(FileNotFoundError) as error:
        DATASETS.build(settings(root, test_mode=test_mode))
    assert str(error.value).startswith(str(target)) and '\n' not in str(error.value)


@pytest.mark.parametrize('content', [b'', b'{"images": [', b'[1, 2]', b'null', b'\xff\xfe\x00'])
def test_file_that_is_no_json_object_is_an_error_of_one_line(root, content):
    path = root / 'annotations/instances_train2017.json'
    path.write_bytes(content)
    with pytest.raises(ValueError) as error:
        DATASETS.build(settings(root))
    assert type(error.value) is ValueError
    assert str(error.value).startswith(f'{path} should be a JSON file of COCO format, but could')
    assert '\n' not in str(error.value)


def test_content_is_checked_before_it_is_indexed(root):
    edit(root, lambda content: content['annotations'][0].pop('image_id'))
    with pytest.raises(ValueError, match=r"annotations\[0\] .* lacks \['image_id'\]"):
        DATASETS.build(settings(root))


def test_class_that_the_file_lacks_is_an_error(root):
    with pytest.raises(ValueError, match=r"but \['cat'\] are not: they are \['disc_horizontal"):
        DATASETS.build(settings(root, metainfo=dict(classes=(CLASSES[0], 'cat'))))


def test_boxes_in_fractions_of_the_image_are_an_error_in_training(root):
    def shrink(content):
        for annotation in content['annotations']:
            annotation['bbox'] = [edge / 160 for edge in annotation['bbox']]

    edit(root, shrink)
    with pytest.raises(ValueError, match=r'write bbox as \(x, y, width, height\) in pixels'):
        DATASETS.build(settings(root))
    assert len(DATASETS.build(settings(root, test_mode=True))) == 6


def test_file_without_annotations_serves_for_testing_alone(root):
    edit(root, lambda content: content.pop('annotations'))
    with pytest.raises(ValueError, match='should hold a list "annotations"'):
        DATASETS.build(settings(root))
    dataset = DATASETS.build(settings(root, test_mode=True))
    assert len(dataset) == 6
    assert len(dataset[5]['data_samples'].gt_instances) == 0


def test_crowds_are_ignored_in_training(root):
    edit(root, lambda content: content['annotations'][0].update(iscrowd=1))
    sample = DATASETS.build(settings(root))[0]['data_samples']
    assert len(sample.ignored_instances) == 1


def test_data_prefix_must_name_the_images(root):
    with pytest.raises(ValueError, match=r'as dict\(img=\.\.\.\), but got .*img_path'):
        DATASETS.build(settings(root, data_prefix=dict(img_path='train2017/')))


def test_files_elsewhere_are_not_looked_for_here(root, monkeypatch):
    monkeypatch.setattr(mmdownsize.datasets.coco, 'check_coco_files', None)
    shutil.rmtree(root / 'train2017')
    dataset = DATASETS.build(settings(root, data_prefix=dict(img='s3://train2017/')))
    assert dataset.get_data_info(0)['img_path'] == 's3://train2017/train_00000.jpg'
