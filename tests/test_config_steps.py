"""Every config takes one training step and one prediction, on small data in its own layout.

Laptop-size ones here; the full-size ones, some minutes long, by: pytest -m slow
"""

import math
import os
from pathlib import Path

import pytest
import torch
from config_files import NAMES, load, parts
from mmdet.datasets import CocoDataset
from mmdet.utils import register_all_modules
from mmengine.registry import MODELS, init_default_scope
from mmengine.runner import Runner
from mmseg.utils import register_all_modules as register_segmentation
from small_data import rename_voc, write_coco, write_segmentation

from mmdownsize import DownsizeNet
from mmdownsize.datasets import TEXTURE_CLASSES, make_texture_set

SLOW = [
    pytest.param(name, marks=pytest.mark.slow)
    for name in NAMES
    if not parts(name)[0].startswith('mini')
]
QUICK = [name for name in NAMES if parts(name)[0].startswith('mini')]
FIXED = ('bilinear', 'bicubic', 'area', 'antialias')  # interpolators without weights
THINGS = ('person', 'bicycle', 'car', 'dog', 'cat', 'chair')  # both in VOC and in COCO


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """A folder with every data set of the configs, each two images to train on and one to test."""
    root = tmp_path_factory.mktemp('project')
    texture = root / 'data/texture'
    make_texture_set(texture, seed=2, train=2, val=1, size=300)
    mixture = dict(mixture=True, seed=2, train=2, val=1, size=300)
    make_texture_set(root / 'data/texture_mixture', **mixture)
    rename_voc(texture, root / 'data/bccd', ('RBC', 'WBC', 'Platelets'))
    rename_voc(texture, root / 'data/VOCdevkit', THINGS, train='trainval', val='test')
    names = dict(zip(TEXTURE_CLASSES, THINGS, strict=True))
    rename_voc(texture, root / 'data/camvid_det', ('car', 'pedestrian', 'sign', 'pole'))
    write_segmentation(texture, root / 'data')
    write_coco(texture, root / 'data/coco', names, categories=CocoDataset.METAINFO['classes'])
    return root


def save_source(hook: dict) -> None:
    """Write the checkpoint that a transfer starts from."""
    source = f'{Path(hook.checkpoint).parts[1]}.py'
    source = load(source if source in NAMES else f'mini/{source}')
    settings = dict(source.model.data_preprocessor.interpolator)
    weights = DownsizeNet(**{k: v for k, v in settings.items() if k != 'type'}).state_dict()
    Path(hook.checkpoint).parent.mkdir(parents=True, exist_ok=True)
    prefix = 'data_preprocessor.interpolator.'
    torch.save(dict(state_dict={prefix + k: v for k, v in weights.items()}), hook.checkpoint)


def save_model(checkpoint: str) -> None:
    """Write the checkpoint that a model goes on from: as its config builds it."""
    source = load(f'mini/{Path(checkpoint).parts[1]}.py')
    init_default_scope(source.default_scope)
    model = MODELS.build(source.model)
    Path(checkpoint).parent.mkdir(parents=True, exist_ok=True)
    torch.save(dict(state_dict=model.state_dict()), checkpoint)


@pytest.mark.parametrize('name', [*QUICK, *SLOW])
def test_one_step_and_one_prediction(name, data, tmp_path, monkeypatch):
    model, interpolator, kind = parts(name)
    config = load(name)
    monkeypatch.chdir(data)  # configs name their data from where they are run
    monkeypatch.setitem(os.environ, 'OMP_NUM_THREADS', '1')
    config.work_dir, config.experiment_name = str(tmp_path), tmp_path.name
    config.log_level = 'WARNING'
    config.train_cfg.max_epochs = config.train_cfg.val_interval = 1
    config.default_hooks.checkpoint = None
    for loader in (config.train_dataloader, config.val_dataloader, config.test_dataloader):
        loader.batch_size, loader.num_workers = min(2, loader.batch_size), 0
    for hook in config.get('custom_hooks', []):
        if hook.get('checkpoint'):
            save_source(hook)
    register_all_modules(init_default_scope=False)
    register_segmentation(init_default_scope=False)
    if config.load_from:
        save_model(config.load_from)
    runner = Runner.from_cfg(config)
    downsizer = runner.model.data_preprocessor.interpolator
    before = [p.detach().clone() for p in downsizer.parameters()]
    runner.train()
    assert runner.iter == 1
    assert math.isfinite(runner.message_hub.get_scalar('train/loss').current())
    segments = config.default_scope == 'mmseg'
    metric = 'mIoU' if segments else 'coco/bbox_mAP' if kind == 'coco' else 'pascal_voc/mAP'
    score = runner.message_hub.get_scalar(f'val/{metric}').current()
    assert score == -1 or 0 <= score <= (100 if segments else 1)
    changed = [not torch.equal(a, b) for a, b in zip(before, downsizer.parameters(), strict=True)]
    trains = interpolator not in FIXED and not config.get('custom_hooks')
    assert any(changed) == trains
