"""A detector does not know that its image was downsized."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData

import mmdownsize.detection  # noqa: F401

MINI = Path(__file__).parents[2] / 'configs' / 'mini'
SIZES = [(121, 180), (150, 97)]


@pytest.fixture(scope='module', autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


def build(**preprocessor):
    """The mini detector behind a bilinear DownsizeNet, and behind its stock preprocessor."""
    config = Config.fromfile(MINI / 'lighthead_dsnet_texture.py')
    config.model.data_preprocessor.pop('scale_factor')
    config.model.data_preprocessor |= preprocessor
    config.model.data_preprocessor.interpolator = dict(type='DownsizeNet', normalizer=None)
    config.model.backbone.base_channels = 16
    config.model.neck.in_channels = 128
    config.model.rpn_head.in_channels = 64
    torch.manual_seed(0)
    downsized = MODELS.build(config.model).eval()
    config.model.data_preprocessor = config.image_preprocessor
    stock = MODELS.build(config.model).eval()
    weights = {k: v for k, v in downsized.state_dict().items() if 'interpolator' not in k}
    for name, value in weights.items():  # random weights that tell boxes and classes apart
        if name.endswith('weight') and value.dim() > 1:
            value.normal_(0, value[0].numel() ** -0.5)
    stock.load_state_dict(weights)
    downsized.load_state_dict(weights, strict=False)
    return downsized, stock


def sample_of(size, **metas) -> DetDataSample:
    return DetDataSample(metainfo=dict(img_shape=size, ori_shape=size) | metas)


@pytest.mark.parametrize(
    'rule', [dict(scale_factor=0.6), dict(size=(90, 120)), dict(size=(70, 100), keep_ratio=True)]
)
def test_bilinear_downsizing_gives_the_stock_detections(rule):
    """Invariant 5: boxes, scores and their order, in the pixels of the original image."""
    downsized, stock = build(**rule)
    images = [torch.randint(256, (3, *size), dtype=torch.uint8) for size in SIZES]
    ours = downsized.test_step(
        dict(inputs=images, data_samples=[sample_of(size) for size in SIZES])
    )
    small, samples = [], []
    for image, size in zip(images, SIZES, strict=True):
        target = downsized.data_preprocessor.target_size(*size)
        small.append(F.interpolate(image[None].float(), target, mode='bilinear')[0])
        factor = (target[1] / size[1], target[0] / size[0])
        samples.append(sample_of(size).new(metainfo=dict(img_shape=target, scale_factor=factor)))
        samples[-1].set_metainfo(dict(ori_shape=size))
    theirs = stock.test_step(dict(inputs=small, data_samples=samples))
    for mine, their, (height, width) in zip(ours, theirs, SIZES, strict=True):
        mine, their = mine.pred_instances, their.pred_instances
        assert len(mine) == len(their) > 10
        assert torch.equal(mine.labels, their.labels)
        torch.testing.assert_close(mine.scores, their.scores, atol=1e-4, rtol=0)
        torch.testing.assert_close(mine.bboxes, their.bboxes, atol=1e-2, rtol=0)
        # in the pixels of the original image: to its borders, and not beyond them
        assert mine.bboxes[:, 2].max() > 0.7 * width and mine.bboxes[:, 3].max() > 0.7 * height
        assert (mine.bboxes <= mine.bboxes.new_tensor([width, height]).repeat(2) + 1e-2).all()


def test_loss_equals_that_of_the_small_images_and_trains_the_interpolator():
    downsized, stock = build(scale_factor=0.6)
    images = [torch.randint(256, (3, *size), dtype=torch.uint8) for size in SIZES]
    small, samples, small_samples = [], [], []
    for image, size in zip(images, SIZES, strict=True):
        target = downsized.data_preprocessor.target_size(*size)
        boxes = torch.tensor([[10.0, 20.0, 60.0, 80.0], [30.0, 5.0, 90.0, 95.0]])
        scale = torch.tensor([target[1] / size[1], target[0] / size[0]]).repeat(2)
        small.append(F.interpolate(image[None].float(), target, mode='bilinear')[0])
        for kept, place, shape in (
            (samples, boxes, size),
            (small_samples, boxes * scale, target),
        ):
            sample = sample_of(shape)
            sample.gt_instances = InstanceData(bboxes=place, labels=torch.tensor([1, 4]))
            kept.append(sample)
    losses = []
    for model, inputs, batch in (
        (downsized, images, samples),
        (stock, small, small_samples),
    ):
        torch.manual_seed(0)  # the samplers draw
        data = model.data_preprocessor(dict(inputs=inputs, data_samples=batch), True)
        losses.append(model.parse_losses(model(**data, mode='loss'))[0])
    torch.testing.assert_close(*losses, atol=1e-3, rtol=1e-4)
    losses[0].backward()
    gradient = downsized.data_preprocessor.interpolator.head.conv.weight.grad
    assert gradient.abs().sum() > 0
