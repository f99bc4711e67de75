"""Every config parses, builds, and means what its name says."""

import re
from pathlib import Path

import pytest
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmdownsize import DownsizeNet, DownsizePreprocessor, FixedInterpolator

CONFIGS = Path(__file__).parents[1] / 'configs'
LEAVES = sorted(path for path in CONFIGS.rglob('*.py') if '_base_' not in path.parts)
NAMES = [str(path.relative_to(CONFIGS)) for path in LEAVES]


def expected_interpolator(name: str) -> dict:
    return {
        'bilinear': dict(mode='bilinear', antialias=False),
        'bicubic': dict(mode='bicubic', antialias=False),
        'area': dict(mode='area', antialias=False),
        'antialias': dict(mode='bilinear', antialias=True),
        'dsnet': dict(taps=2, distance='bilinear'),
        'dsnet4': dict(taps=4, distance='bicubic'),
        'dsnet_support': dict(taps='support', distance='antialiased'),
    }[name]


def test_configs_were_found():
    assert len(LEAVES) >= 21


@pytest.mark.parametrize('name', NAMES)
def test_config_builds_as_it_is_named(name, root):
    config = Config.fromfile(CONFIGS / name)
    _, interpolator, data = re.fullmatch(
        r'([a-z0-9]+)_(\w+?)_(voc|texture|bccd)(?:_from_\w+)?', Path(name).stem
    ).groups()
    assert f'configs/{name}' in Path(CONFIGS / name).read_text()  # the command of its docstring
    assert {'voc': 'VOCdevkit', 'bccd': 'bccd', 'texture': 'texture'}[data] in (
        config.train_dataloader.dataset.data_root
    )
    if 'Pretrained' in str(config.model.backbone.init_cfg):
        config.model.backbone.init_cfg = None
    with DefaultScope.overwrite_default_scope(config.default_scope):
        model = MODELS.build(config.model)
    assert isinstance(model.data_preprocessor, DownsizePreprocessor)
    assert model.data_preprocessor.target_size(300, 300) == (90, 90)
    built = model.data_preprocessor.interpolator
    expected = expected_interpolator(interpolator)
    assert isinstance(built, FixedInterpolator if 'mode' in expected else DownsizeNet)
    assert {key: getattr(built, key) for key in expected} == expected
    classes = config.train_dataloader.dataset.get('metainfo', dict(classes=range(20)))['classes']
    assert model.roi_head.bbox_head.num_classes == len(classes)


def test_interpolator_is_swapped_by_one_option():
    config = Config.fromfile(CONFIGS / 'lighthead_bilinear_voc.py')
    config.merge_from_dict({'model.data_preprocessor.interpolator.type': 'DownsizeNet'})
    other = Config.fromfile(CONFIGS / 'lighthead_dsnet_voc.py')
    assert config.model.to_dict() == other.model.to_dict()


@pytest.mark.parametrize('name', [name for name in NAMES if name.startswith('transfer')])
def test_transfer_freezes_what_its_source_trains(name, root):
    (hook,) = Config.fromfile(CONFIGS / name).custom_hooks
    assert hook.type == 'FreezeInterpolatorHook'
    source, epoch = Path(hook.checkpoint).parts[1], Path(hook.checkpoint).stem
    trained = Config.fromfile(CONFIGS / 'mini' / f'{source}.py')
    assert epoch == f'epoch_{trained.train_cfg.max_epochs}'
    ours = Config.fromfile(CONFIGS / name).model.data_preprocessor.interpolator
    assert ours == trained.model.data_preprocessor.interpolator
