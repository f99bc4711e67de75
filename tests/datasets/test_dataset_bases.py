import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmdet.registry import DATASETS, METRICS
from mmdet.utils import register_all_modules
from mmengine.config import Config
from mmengine.runner import Runner
from small_data import rename_voc

import mmdownsize  # noqa: F401
import mmdownsize.datasets.voc
import mmdownsize.detection  # noqa: F401
from mmdownsize.datasets import MIXTURE_CLASSES, TEXTURE_CLASSES

ROOT = Path(__file__).parents[2]
BASES = ('voc07_det', 'texture_det', 'mixture_det', 'bccd_det', 'coco_det')


@pytest.fixture(autouse=True)
def mmdet_scope():
    register_all_modules(init_default_scope=True)


def load(name, data_root=None, **lists):
    """A pipeline, Light-Head's if none is named, its data moved to another root and id lists."""
    model, _, data = name.rpartition('_')
    config = Config.fromfile(ROOT / f'configs/_base_/pipelines/{model or "lighthead"}_{data}.py')
    for phase in ('train', 'val', 'test'):
        dataset = config[f'{phase}_dataloader'].dataset
        if data_root is not None:
            dataset.data_root = str(data_root)
        if phase in lists:
            dataset.ann_file = f'VOC2007/ImageSets/Main/{lists[phase]}.txt'
    return config


@pytest.fixture
def voc_root(tmp_path, texture_root):
    """The small set with classes that Pascal VOC has."""
    names = ('cat', 'dog', 'car')
    return rename_voc(texture_root, tmp_path / 'VOCdevkit', names, train='trainval', val='test')


@pytest.mark.parametrize('name', BASES)
def test_validation_and_test_agree_and_each_data_set_has_its_own_root(name):
    config = Config.fromfile(ROOT / f'configs/_base_/datasets/{name}.py')
    assert config.test_dataloader == config.val_dataloader
    assert config.test_evaluator == config.val_evaluator
    assert {config[f'{k}_dataloader'].dataset.data_root for k in ('train', 'val')} == {
        config.data_root
    }
    if name != 'coco_det':  # whose metric reads the annotation file
        METRICS.build(config.val_evaluator)


@pytest.mark.parametrize(
    'name, classes', dict(texture=TEXTURE_CLASSES, mixture=MIXTURE_CLASSES).items()
)
def test_classes_of_the_texture_bases_are_those_of_the_sets(name, classes):
    assert load(name).metainfo.classes == classes
    labels = load(f'fcn_{name}_seg')
    for phase in ('train', 'val', 'test'):
        metainfo = labels[f'{phase}_dataloader'].dataset.metainfo
        assert metainfo.classes == ('background', *classes)
        assert len(metainfo.palette) == len(set(map(tuple, metainfo.palette))) == 1 + len(classes)


def test_images_of_the_small_sets_enter_the_model_unchanged(texture_root):
    config = load('texture', texture_root)
    for phase in ('train', 'val'):
        dataset = DATASETS.build(config[f'{phase}_dataloader'].dataset)
        for index in range(3):
            item = dataset[index]
            sample = item['data_samples']
            stored = cv2.imread(sample.img_path)
            if sample.get('flip'):
                stored = stored[:, ::-1]
            assert np.array_equal(item['inputs'].permute(1, 2, 0).numpy(), stored)
            assert sample.scale_factor == (1.0, 1.0)
            assert sample.img_shape == sample.ori_shape == (160, 160)


def test_voc_enters_at_800_and_test_boxes_stay_in_original_pixels(voc_root):
    config = load('voc', voc_root)
    test = DATASETS.build(config.test_dataloader.dataset)
    train = DATASETS.build(config.train_dataloader.dataset)
    for dataset, scale in ((test, 1), (train, 5)):
        sample = dataset[0]['data_samples']
        assert (sample.img_shape, sample.scale_factor) == ((800, 800), (5.0, 5.0))
        boxes = np.array([item['bbox'] for item in dataset.get_data_info(0)['instances']]) * scale
        if sample.get('flip'):
            boxes[:, [0, 2]] = 800 - boxes[:, [2, 0]]
        assert np.allclose(sample.gt_instances.bboxes.tensor, boxes)
    assert test.metainfo['dataset_type'] == 'VOC2007'


def test_box_without_extent_is_ignored_in_training(tmp_path, texture_root):
    root = shutil.copytree(texture_root, tmp_path / 'texture')
    path = root / 'VOC2007/Annotations/train_00000.xml'
    box = '<bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>'
    entry = f'<object><name>disc_vertical</name><difficult>0</difficult>{box}</object>'
    path.write_text(path.read_text().replace('</annotation>', f'{entry}</annotation>'))
    dataset = DATASETS.build(load('texture', root).train_dataloader.dataset)
    sample = dataset[0]['data_samples']
    assert len(sample.ignored_instances) == 1
    assert len(sample.gt_instances) == len(dataset.get_data_info(0)['instances']) - 1


def test_undecodable_image_stops_the_training_and_is_named(tmp_path, texture_root):
    root = shutil.copytree(texture_root, tmp_path / 'texture')
    path = root / 'VOC2007/JPEGImages/train_00001.jpg'
    path.write_bytes(path.read_bytes()[:100])
    loader = Runner.build_dataloader(load('texture', root).train_dataloader, seed=0)
    with pytest.raises(AssertionError, match='failed to load image: .*train_00001'):
        list(loader)


def test_augmentation_is_new_in_each_epoch_and_repeats_with_the_seed(texture_root):
    config = load('texture', texture_root).train_dataloader
    loader = Runner.build_dataloader(config, seed=0)

    def flips():
        return {sample.img_id: sample.flip for batch in loader for sample in batch['data_samples']}

    torch.manual_seed(5)
    first, second = flips(), flips()
    torch.manual_seed(5)
    assert flips() == first
    assert flips() == second
    assert first != second


def test_voc_batches_hold_images_of_one_orientation():
    config = load('voc')
    assert config.train_dataloader.batch_sampler.type == 'AspectRatioBatchSampler'
    assert config.train_dataloader.batch_size == 2
    assert 'batch_sampler' not in load('texture').train_dataloader


@pytest.mark.skipif(not (ROOT / 'data/bccd').exists(), reason='data/bccd is not there')
@pytest.mark.parametrize('phase, images', [('train', 205), ('val', 87)])
def test_bccd_holds_the_objects_of_its_annotations(phase, images):
    dataset = DATASETS.build(load('bccd', ROOT / 'data/bccd')[f'{phase}_dataloader'].dataset)
    assert len(dataset) == images
    labels = [label for index in range(images) for label in dataset.get_cat_ids(index)]
    folder = ROOT / 'data/bccd/VOC2007'
    ids = (folder / f'ImageSets/Main/{phase}.txt').read_text().split()
    text = ''.join((folder / f'Annotations/{name}.xml').read_text() for name in ids)
    for label, name in enumerate(('RBC', 'WBC', 'Platelets')):
        assert labels.count(label) == text.count(f'<name>{name}</name>') > 0
    assert dataset[0]['inputs'].shape == (3, 480, 640)
