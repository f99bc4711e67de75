import numpy as np
import pytest
from config_files import load
from mmdet.registry import DATASETS
from mmdet.utils import register_all_modules

from mmdownsize.config import build_runner
from mmdownsize.datasets import make_texture_set
from mmdownsize.experiments.memorize import memorize_config


@pytest.fixture
def data(tmp_path, monkeypatch):
    make_texture_set(tmp_path / 'data/texture', seed=1, train=5, val=1, size=300)
    monkeypatch.chdir(tmp_path)


def test_validates_on_the_images_that_it_trains_on_and_augments_none(data):
    config = load('mini/refinedet_dsnet_texture.py')
    before = config.to_dict()
    changed = memorize_config(config, images=3)
    assert config.to_dict() == before
    register_all_modules(init_default_scope=True)
    train = DATASETS.build(changed.train_dataloader.dataset)
    val = DATASETS.build(changed.val_dataloader.dataset)
    assert len(train) == len(val) == 3
    for index in range(3):
        for _ in range(4):  # no chance
            item = train[index]
            assert np.array_equal(item['inputs'], val[index]['inputs'])
            boxes = val[index]['data_samples'].gt_instances.bboxes
            assert np.array_equal(item['data_samples'].gt_instances.bboxes.tensor, boxes.tensor)


def test_stops_when_the_images_are_known(data, tmp_path):
    config = load('mini/refinedet_bilinear_texture.py')
    config.train_dataloader.num_workers = config.val_dataloader.num_workers = 0
    config.work_dir, config.experiment_name = str(tmp_path / 'work'), 'memorize'
    config.log_level = 'WARNING'
    runner = build_runner(memorize_config(config, images=2, steps=150, bar=0.5))
    runner.train()
    assert runner.iter < 150 and runner.iter % 15 == 0
    assert runner.message_hub.get_scalar('val/pascal_voc/mAP').current() >= 0.5
    assert not list((tmp_path / 'work').glob('*.pth'))


@pytest.mark.parametrize(
    'wrong, message',
    [
        (dict(images=0), 'at least 1, got 0'),
        (dict(steps=0), 'and 0'),
        (dict(bar=0), 'between 0 and 1, got 0'),
        (dict(bar=95), 'between 0 and 1, got 95'),
    ],
)
def test_settings_out_of_range_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        memorize_config(load('mini/refinedet_dsnet_texture.py'), **wrong)


def test_coco_is_refused():
    with pytest.raises(ValueError, match='CocoMetric: take a config that ends in _texture'):
        memorize_config(load('detr_dsnet_coco.py'))


def test_set_of_sets_is_refused():
    with pytest.raises(ValueError, match='ConcatDataset of others.*_texture, _bccd or _camvid'):
        memorize_config(load('fcn_dsnet_voc12.py'))


def test_segmentor_without_an_auxiliary_head_is_taken():
    config = memorize_config(load('mini/fcn_dsnet_mixture_seg.py'))
    assert config.model.auxiliary_head is None and config.model.decode_head.dropout_ratio == 0


def test_segmentors_train_without_dropout_on_larger_images_for_miou():
    config = memorize_config(load('mini/spnet_dsnet_camvid.py'))
    assert config.model.data_preprocessor.scale_factor == 0.6
    assert config.model.decode_head.dropout_ratio == config.model.auxiliary_head.dropout_ratio == 0
    losses = [loss.type for loss in config.model.decode_head.loss_decode]
    assert losses == ['CrossEntropyLoss', 'LovaszLoss']
