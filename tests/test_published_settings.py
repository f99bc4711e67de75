"""The numbers of the full-size configs are those that were published."""

import numpy as np
import pytest
from config_files import load
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS, TRANSFORMS, init_default_scope
from mmengine.utils import get_installed_path


def stock(path: str, package: str = 'mmdet') -> Config:
    """A config of the installed MMDetection or MMSegmentation; its bases are merged."""
    config = Config.fromfile(f'{get_installed_path(package)}/.mim/configs/{path}')
    for url in ('torchvision://resnet18', 'torchvision://resnet50'):
        if url in str(config.model.backbone.get('init_cfg')):
            config.model.backbone.init_cfg = None
    return config


def differences(ours: dict, theirs: dict, path: str = '') -> set[str]:
    """The dotted keys in which two trees of dicts differ, a missing key as its default None."""
    found = set()
    for key in ours.keys() | theirs.keys():
        mine, their = ours.get(key), theirs.get(key)
        if isinstance(mine, dict) and isinstance(their, dict):
            found |= differences(mine, their, f'{path}{key}.')
        elif mine != their:
            found.add(f'{path}{key}')
    return found


@pytest.mark.parametrize(
    'name, epochs, milestones, images, iterations',
    [
        ('refinedet_dsnet_voc.py', 764, [509, 637], 5011, (120_000, 80_000, 100_000)),
        ('refinedet320_dsnet_voc.py', 764, [509, 637], 5011, (120_000, 80_000, 100_000)),
        ('refinedet512_dsnet_voc.py', 764, [509, 637], 5011, (120_000, 80_000, 100_000)),
        ('refinedet_dsnet_coco.py', 109, [76, 98], 117_266, (400_000, 280_000, 360_000)),
        ('refinedet320_dsnet_coco.py', 109, [76, 98], 117_266, (400_000, 280_000, 360_000)),
        ('refinedet512_dsnet_coco.py', 109, [76, 98], 117_266, (400_000, 280_000, 360_000)),
    ],
)
def test_refinedet_trains_as_released(name, epochs, milestones, images, iterations):
    config = load(name)
    (schedule,) = config.param_scheduler
    assert (schedule.type, schedule.gamma, schedule.by_epoch) == ('MultiStepLR', 0.1, True)
    assert config.train_cfg.max_epochs == schedule.end == epochs
    assert schedule.milestones == milestones
    steps = -(-images // 32)
    for given, published in zip((epochs, *milestones), iterations, strict=True):
        assert given * steps == pytest.approx(published, rel=0.01)
    assert config.train_dataloader.batch_size == 32
    assert config.auto_scale_lr == dict(enable=True, base_batch_size=32)
    assert config.optim_wrapper.optimizer == dict(
        type='SGD', lr=1e-3, momentum=0.9, weight_decay=5e-4
    )
    assert config.optim_wrapper.paramwise_cfg.bias_lr_mult == 2
    assert config.optim_wrapper.paramwise_cfg.bias_decay_mult == 0


@pytest.mark.parametrize('data', ['voc', 'coco'])
@pytest.mark.parametrize('model', ['refinedet', 'refinedet320', 'refinedet512'])
def test_refinedet_is_configured_as_released(model, data):
    config = load(f'{model}_dsnet_{data}.py')
    head, trained, tested = config.model.bbox_head, config.model.train_cfg, config.model.test_cfg
    assert config.model.neck.l2_norm_scales == (10, 8)
    assert head.objectness_thr == 0.01
    assert head.bbox_coder.target_stds == [0.1, 0.1, 0.2, 0.2]
    assert head.anchor_generator.strides == [8, 16, 32, 64]
    assert head.anchor_generator.scales == [4] and head.anchor_generator.center_offset == 0.5
    assert (trained.assigner.pos_iou_thr, trained.assigner.neg_iou_thr) == (0.5, 0.5)
    assert (trained.neg_pos_ratio, trained.smoothl1_beta) == (3, 1)
    assert (tested.score_thr, tested.nms_pre, tested.max_per_img) == (0.01, 1000, 500)
    voc = dict(type='nms', iou_threshold=0.45)
    coco = dict(type='soft_nms', iou_threshold=0.3, method='linear')
    assert tested.nms == dict(voc=voc, coco=coco)[data]
    images = config.model.data_preprocessor.preprocessor
    assert (images.mean, images.std, images.bgr_to_rgb) == ([123, 117, 104], [1, 1, 1], True)
    difficult = config.train_dataloader.dataset.get('train_on_difficult', False)
    assert difficult == (data == 'voc')
    transforms = {each['type']: each for each in config.train_pipeline}
    assert transforms['Expand'].ratio_range == (1, 4) and transforms['Expand'].prob == 0.5
    assert transforms['Expand'].mean == (123, 117, 104) and transforms['Expand'].to_rgb
    assert transforms['MinIoURandomCrop'].min_ious == (0.1, 0.3, 0.5, 0.7, 0.9)
    assert 'PhotoMetricDistortion' in transforms
    assert transforms['RandomFlip'].prob == 0.5


def test_centernet_is_mmdetections_own():
    ours, theirs = (
        load('centernet_dsnet_coco.py'),
        stock('centernet/centernet_r18_8xb16-crop512-140e_coco.py'),
    )
    theirs.model.backbone.pop('norm_cfg')  # written out there, though it is the default
    assert differences(ours.model, theirs.model) == {
        'bbox_head.type',  # in half precision
        'data_preprocessor.type',
        'data_preprocessor.interpolator',
        'data_preprocessor.scale_factor',
        'data_preprocessor.preprocessor',
        'data_preprocessor.mean',
        'data_preprocessor.std',
        'data_preprocessor.bgr_to_rgb',
    }
    assert differences(ours.optim_wrapper.optimizer, theirs.optim_wrapper.optimizer) == set()
    assert ours.optim_wrapper.clip_grad.max_norm == theirs.optim_wrapper.clip_grad.max_norm
    times = theirs.train_dataloader.dataset.times
    assert ours.train_cfg.max_epochs == times * theirs.train_cfg.max_epochs
    milestones = [times * epoch for epoch in theirs.param_scheduler[1].milestones]
    assert ours.param_scheduler[1].milestones == milestones
    assert ours.auto_scale_lr.base_batch_size == theirs.auto_scale_lr.base_batch_size
    augmented = {each['type']: each for each in theirs.train_dataloader.dataset.dataset.pipeline}
    for transform in ours.train_pipeline[2:]:
        found = differences(transform, augmented[transform['type']])
        assert found <= {'border'}, transform


def test_centernet_on_voc_trains_as_its_authors_say():
    config = load('centernet_dsnet_voc.py')
    assert config.train_cfg.max_epochs == 70
    assert config.param_scheduler[0].milestones == [45, 60]
    assert config.optim_wrapper.optimizer == dict(type='Adam', lr=1.25e-4)
    assert config.train_dataloader.batch_size == config.auto_scale_lr.base_batch_size == 32


@pytest.mark.parametrize('data', ['voc', 'coco'])
def test_detr_is_mmdetections_own(data):
    ours, theirs = load(f'detr_dsnet_{data}.py'), stock('detr/detr_r50_8xb2-150e_coco.py')
    # written out there, though they are the defaults
    for layers in (theirs.model.encoder, theirs.model.decoder):
        layers.layer_cfg.ffn_cfg.pop('num_fcs')
        layers.layer_cfg.ffn_cfg.pop('act_cfg')
    for key in ('num_stages', 'style'):
        theirs.model.backbone.pop(key)
    theirs.model.neck.pop('norm_cfg')
    expected = {
        'data_preprocessor.type',
        'data_preprocessor.interpolator',
        'data_preprocessor.size',
        'data_preprocessor.preprocessor',
        'data_preprocessor.mean',
        'data_preprocessor.std',
        'data_preprocessor.bgr_to_rgb',
        'data_preprocessor.pad_size_divisor',
    }
    expected |= {'bbox_head.num_classes'} if data == 'voc' else set()
    assert differences(ours.model, theirs.model) == expected
    assert ours.optim_wrapper.optimizer == theirs.optim_wrapper.optimizer
    assert ours.optim_wrapper.clip_grad.max_norm == theirs.optim_wrapper.clip_grad.max_norm
    assert ours.optim_wrapper.paramwise_cfg.custom_keys.backbone.lr_mult == 0.1
    assert ours.train_cfg.max_epochs == theirs.train_cfg.max_epochs
    assert ours.param_scheduler[0].milestones == theirs.param_scheduler[0].milestones
    assert ours.auto_scale_lr.base_batch_size == theirs.auto_scale_lr.base_batch_size


@pytest.mark.parametrize(
    'name, published, images',
    [
        ('fcn_dsnet_voc12.py', 'fcn/fcn_r101-d8_4xb4-40k_voc12aug-512x512.py', 10582),
        ('fcn_dsnet_cityscapes.py', 'fcn/fcn_r101-d8_4xb2-80k_cityscapes-512x1024.py', 2975),
        (
            'deeplabv3plus_dsnet_voc12.py',
            'deeplabv3plus/deeplabv3plus_r101-d8_4xb4-40k_voc12aug-512x512.py',
            10582,
        ),
        (
            'deeplabv3plus_dsnet_cityscapes.py',
            'deeplabv3plus/deeplabv3plus_r101-d8_4xb2-80k_cityscapes-512x1024.py',
            2975,
        ),
    ],
)
def test_segmentors_are_mmsegs_own(name, published, images):
    ours, theirs = load(name), stock(published, 'mmseg')
    for key in ('decode_head', 'auxiliary_head', 'test_cfg'):
        mine, their = ours.model[key], theirs.model[key]
        for written_out in differences(mine, their):  # though they are the defaults
            assert written_out in {
                'in_index',
                'concat_input',
                'dropout_ratio',
                'align_corners',
                'loss_decode',
                'loss_decode.use_sigmoid',
                'loss_decode.loss_weight',
            }, written_out
            value = their
            for part in written_out.split('.'):
                value = value[part]
            default = dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0)
            assert value in (3, True, 0.1, False, 1.0, default)
    assert differences(ours.model.backbone, theirs.model.backbone) <= {
        'init_cfg',  # theirs is written as model.pretrained
        'num_stages',
        'norm_eval',
        'style',
    }
    optimizer = theirs.optim_wrapper.optimizer
    assert differences(ours.optim_wrapper.optimizer, optimizer) == set()
    batch = 4 * theirs.train_dataloader.batch_size
    assert ours.auto_scale_lr.base_batch_size == batch
    assert ours.train_dataloader.batch_size == theirs.train_dataloader.batch_size
    steps = ours.train_cfg.max_epochs * (images // batch)
    assert steps == pytest.approx(theirs.train_cfg.max_iters, rel=0.01)
    (mine,), (their,) = ours.param_scheduler, theirs.param_scheduler
    assert (mine.type, mine.power, mine.eta_min) == (their.type, their.power, their.eta_min)
    augmented = {each['type']: each for each in theirs.train_pipeline}
    for transform in ours.train_pipeline:
        if transform['type'] not in ('CheckLabels', 'Pad'):
            assert differences(transform, augmented[transform['type']]) == set()


def test_spnet_trains_as_released():
    config = load('spnet_dsnet_cityscapes.py')
    assert config.train_cfg.max_epochs == config.param_scheduler[0].end == 180
    assert config.optim_wrapper.optimizer == dict(
        type='SGD', lr=0.005, momentum=0.9, weight_decay=1e-4
    )
    rates = config.optim_wrapper.paramwise_cfg.custom_keys
    assert rates.decode_head.lr_mult == rates.auxiliary_head.lr_mult == 10
    assert config.param_scheduler[0].power == 0.9
    assert config.auto_scale_lr.base_batch_size == 8
    transforms = {each['type']: each for each in config.train_pipeline}
    assert transforms['RandomCrop'].crop_size == (768, 768)
    assert transforms['RandomResize'].ratio_range == (0.5, 1.75)
    assert config.model.test_cfg.mode == 'slide'
    for window, step in zip(
        config.model.test_cfg.crop_size, config.model.test_cfg.stride, strict=True
    ):
        assert window == round(0.3 * 768) and step == pytest.approx(2 / 3 * window, abs=1)


@pytest.mark.parametrize('data', ['voc', 'coco'])
def test_light_head_decays_weights_alone_and_no_bias(data):
    config = load(f'lighthead_dsnet_{data}.py')
    init_default_scope('mmdet')
    model = MODELS.build(config.model)
    optimizer = build_optim_wrapper(model, config.optim_wrapper).optimizer
    groups = {id(each): group for group in optimizer.param_groups for each in group['params']}
    base = config.optim_wrapper.optimizer
    for name, parameter in model.named_parameters():
        if id(parameter) not in groups:  # frozen
            continue
        group = groups[id(parameter)]
        biased = name.endswith('.bias') and '.bn' not in name or 'interpolator' in name
        decay = 0.0 if biased else base.weight_decay
        rate = 3 * base.lr if 'large_separable_conv' in name else base.lr
        assert (group['weight_decay'], group['lr']) == (decay, rate), name


@pytest.mark.parametrize('data', ['voc12', 'cityscapes'])
def test_views_of_the_usual_scale_are_those_of_the_test(data):
    config = load(f'fcn_dsnet_{data}.py')
    init_default_scope('mmseg')
    (usual,) = (one for one in config.test_pipeline if one.type == 'Resize')
    views = config.tta_pipeline[-1].transforms[0]
    size = dict(img=np.zeros((375, 500, 3)) if data == 'voc12' else np.zeros((1024, 2048, 3)))
    shapes = [TRANSFORMS.build(view)(dict(size))['img'].shape for view in views]
    tested = TRANSFORMS.build(usual)(dict(size))['img'].shape
    assert shapes[2] == tested
    assert [shape[0] / tested[0] for shape in shapes] == [0.5, 0.75, 1.0, 1.25, 1.5, 1.75]
