"""Every config parses, builds, and means what its name says."""

from pathlib import Path

import pytest
import torch
from config_files import CONFIGS, NAMES, load, parts
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS as SEG_MODELS

from mmdownsize import (
    MULLER,
    DownsizeNet,
    DownsizePreprocessor,
    FixedInterpolator,
    Interpolator,
    LearnedResizer,
)
from mmdownsize.config import interpolator_names, read_interpolator


def expected_interpolator(name: str) -> tuple[type[Interpolator], dict]:
    return {
        'bilinear': (FixedInterpolator, dict(mode='bilinear', antialias=False)),
        'bicubic': (FixedInterpolator, dict(mode='bicubic', antialias=False)),
        'area': (FixedInterpolator, dict(mode='area', antialias=False)),
        'antialias': (FixedInterpolator, dict(mode='bilinear', antialias=True)),
        'dsnet': (DownsizeNet, dict(taps=2, distance='bilinear')),
        'dsnet4': (DownsizeNet, dict(taps=4, distance='bicubic')),
        'dsnet_averaging': (DownsizeNet, dict(taps=4, distance='bilinear')),
        'dsnet_phase': (DownsizeNet, dict(taps=4, distance='bilinear')),
        'dsnet_soft': (DownsizeNet, dict(taps=4, distance='bilinear')),
        'dsnet_soft_phase': (DownsizeNet, dict(taps=4, distance='bilinear')),
        'dsnet_support': (DownsizeNet, dict(taps='support', distance='antialiased')),
        'learned_resizer': (LearnedResizer, dict(in_channels=3)),
        'muller': (MULLER, dict(sigma=1.0, scale=255.0)),
    }[name.removesuffix('_frozen')]


# Where images of 300x400 go, and what they are padded to multiples of.
INPUTS = {
    'lighthead': ((90, 120), 16),
    'refinedet': ((100, 100), 64),
    'refinedet320': ((320, 320), 64),
    'refinedet512': ((512, 512), 64),
    'centernet': ((90, 120), 32),
    'detr': ((165, 165), 1),
    'mini/lighthead': ((90, 120), 8),
    'mini/refinedet': ((90, 120), 32),
    'mini/centernet': ((90, 120), 16),
    'mini/detr': ((90, 120), 1),
    'fcn': ((90, 120), 1),
    'deeplabv3plus': ((90, 120), 1),
    'spnet': ((90, 120), 1),
    'mini/fcn': ((90, 120), 1),
    'mini/deeplabv3plus': ((90, 120), 1),
    'mini/spnet': ((90, 120), 1),
}
SEGMENTORS = ('fcn', 'deeplabv3plus', 'spnet')
CLASSES = dict(
    voc=20,
    coco=80,
    voc12=21,
    cityscapes=19,
    camvid=11,
    camvid_det=5,
    bccd=3,
    texture=6,
    texture_seg=7,
    mixture=4,
    mixture_seg=5,
)
ROOTS = dict(
    voc='data/VOCdevkit/',
    coco='data/coco/',
    texture='data/texture/',
    texture_seg='data/texture/',
    mixture='data/texture_mixture/',
    mixture_seg='data/texture_mixture/',
    bccd='data/bccd/',
    camvid_det='data/camvid_det/',
    voc12='data/VOCdevkit/VOC2012/',
    cityscapes='data/cityscapes/',
    camvid='data/camvid/',
)


def build(config: Config):
    registry = SEG_MODELS if config.default_scope == 'mmseg' else MODELS
    with DefaultScope.overwrite_default_scope(config.default_scope):
        return registry.build(config.model)


@pytest.mark.parametrize('name', interpolator_names(CONFIGS / '_base_/interpolators'))
def test_model_starts_alike_behind_every_interpolator(name):
    """With one seed: else differences between interpolators are differences of the start."""

    def start(interpolator):
        config = load('mini/fcn_bilinear_mixture_seg.py')
        folder = CONFIGS / '_base_/interpolators'
        config.model.data_preprocessor.interpolator = read_interpolator(interpolator, folder)
        torch.manual_seed(7)
        model = build(config)
        model.init_weights()
        return model.state_dict() | dict(drawn_next=torch.rand(1))

    ours, theirs = start(name), start('bilinear')
    assert len(theirs) > 50
    assert all(torch.equal(ours[key], value) for key, value in theirs.items())


def test_every_model_has_its_interpolators_on_every_data_set():
    found = {parts(name) for name in NAMES}
    for model in INPUTS:
        small, name = model.startswith('mini'), model.removeprefix('mini/')
        if name in SEGMENTORS:
            sets = ('camvid',) if small else ('voc12', 'cityscapes')
        else:
            sets = ('texture', 'bccd') if small else ('voc', 'coco')
        for data in sets:
            for interpolator in ('bilinear', 'area', 'dsnet'):
                assert (model, interpolator, data) in found
    for model in ('mini/fcn', 'mini/deeplabv3plus', 'mini/spnet'):
        for interpolator in ('antialias', 'dsnet_support'):
            assert (model, interpolator, 'camvid') in found
    for model, data in (('mini/fcn', 'camvid'), ('mini/lighthead', 'texture')):
        for interpolator in ('learned_resizer', 'muller'):
            assert (model, interpolator, data) in found


@pytest.mark.parametrize('name', NAMES)
def test_config_is_what_its_name_says(name, root):
    config = load(name)
    model, interpolator, data = parts(name)
    text = Path(CONFIGS / name).read_text()
    assert f'\npython tools/train.py configs/{name}\n' in text  # the command of its docstring
    for phase in ('train', 'val', 'test'):
        dataset = config[f'{phase}_dataloader'].dataset
        for part in dataset.get('datasets', [dataset]):
            assert part.data_root == ROOTS[data]
    classes = config.train_dataloader.dataset.get('metainfo', {}).get('classes')
    assert classes is None or len(classes) == CLASSES[data]
    assert config.test_dataloader == config.val_dataloader
    assert config.test_evaluator == config.val_evaluator
    assert config.tta_pipeline and config.tta_model
    preprocessor = build(Config(dict(config, model=config.model.data_preprocessor)))
    assert isinstance(preprocessor, DownsizePreprocessor)
    size, divisor = INPUTS[model]
    assert preprocessor.target_size(300, 400) == size
    wrapped = preprocessor.preprocessor
    assert getattr(wrapped, 'pad_size_divisor', getattr(wrapped, 'size_divisor', None)) == divisor
    kind, expected = expected_interpolator(interpolator)
    built = preprocessor.interpolator
    assert type(built) is kind
    assert {key: getattr(built, key) for key in expected} == expected


@pytest.mark.parametrize('model, data', sorted({parts(name)[::2] for name in NAMES}))
def test_configs_of_a_pipeline_differ_in_the_interpolator_alone(model, data, root):
    pipelines = []
    for name in NAMES:
        if parts(name)[::2] == (model, data) and not name.startswith('transfer'):
            config = load(name).to_dict()
            config.pop('interpolator')
            frozen = [dict(type='FreezeInterpolatorHook')] * parts(name)[1].endswith('_frozen')
            assert config.pop('custom_hooks', []) == frozen
            config['model']['data_preprocessor'].pop('interpolator')
            rates = config['optim_wrapper'].get('paramwise_cfg', {}).get('custom_keys', {})
            for part in [key for key in rates if key.startswith('interpolator.')]:
                rates.pop(part)  # how fast a part of it learns is its own matter
            pipelines.append(config)
    assert len(pipelines) >= 3 and all(each == pipelines[0] for each in pipelines)


@pytest.mark.parametrize('name', [name for name in NAMES if '_bilinear_' in name])
def test_model_builds_with_a_score_for_each_class(name, root):
    data = parts(name)[2]
    model = build(load(name))
    if hasattr(model, 'decode_head'):
        heads = [model.decode_head]
        if model.with_auxiliary_head:
            heads.append(model.auxiliary_head)
    else:
        heads = [getattr(model, 'roi_head', model).bbox_head]
    assert all(head.num_classes == CLASSES[data] for head in heads)


def test_interpolator_is_swapped_by_one_option():
    config = Config.fromfile(CONFIGS / 'lighthead_bilinear_voc.py')
    config.merge_from_dict({'model.data_preprocessor.interpolator.type': 'DownsizeNet'})
    other = Config.fromfile(CONFIGS / 'lighthead_dsnet_voc.py')
    assert config.model.to_dict() == other.model.to_dict()


@pytest.mark.parametrize('name', [name for name in NAMES if name.startswith('transfer')])
def test_transfer_starts_from_what_its_source_trains(name, root):
    config = Config.fromfile(CONFIGS / name)
    hooks = config.get('custom_hooks', [])
    whole = '_model_from_' in name
    frozen = parts(name)[1] not in ('bilinear', 'area') and not whole
    assert [hook.type for hook in hooks] == ['FreezeInterpolatorHook'] * frozen
    checkpoints = [hook.checkpoint for hook in hooks]
    if whole:
        checkpoints.append(config.load_from)
    if '_backbone_' in name:
        checkpoints.append(config.model.backbone.init_cfg.checkpoint)
    (checkpoint,) = set(checkpoints)
    _, source, epoch = Path(checkpoint).parts
    small = '' if f'{source}.py' in NAMES else 'mini/'
    trained = load(f'{small}{source}.py')
    assert epoch == f'epoch_{trained.train_cfg.max_epochs}.pth'
    for key in ('scale_factor', *['interpolator'] * (not whole)):
        assert config.model.data_preprocessor.get(key) == trained.model.data_preprocessor.get(key)
    first = f'python tools/train.py configs/{small}{source}.py\n'
    assert first in Path(CONFIGS / name).read_text()


@pytest.mark.parametrize('name', [name for name in NAMES if '_backbone_from_' in name])
def test_pretrained_backbone_is_that_of_the_source(name, root, tmp_path):
    config = Config.fromfile(CONFIGS / name)
    source = Path(config.model.backbone.init_cfg.checkpoint).parent.name
    pretrained = build(load(f'mini/{source}.py')).state_dict()
    file = str(tmp_path / 'source.pth')
    torch.save(dict(state_dict=pretrained), file)
    config.model.backbone.init_cfg.checkpoint = file
    model = build(config)
    model.init_weights()
    for key, value in model.backbone.state_dict().items():
        assert torch.equal(value, pretrained[f'backbone.{key}']), key
