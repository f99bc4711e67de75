"""A detector does not know that its image was downsized."""

import copy
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from mmdet.models import BaseDetector, DetTTAModel
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmdet.structures.mask import PolygonMasks
from mmengine.config import Config, ConfigDict
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData

import mmdownsize.detection  # noqa: F401

MINI = Path(__file__).parents[2] / 'configs' / 'mini'
CONFIGS = {
    'lighthead': MINI / 'lighthead_dsnet_texture.py',
    'refinedet': MINI / 'refinedet_dsnet_texture.py',
    'centernet': MINI / 'centernet_dsnet_texture.py',
    'detr': MINI / 'detr_dsnet_texture.py',
    'mask_rcnn': Path(__file__).with_name('mask_rcnn_mini.py'),
}
SIZES = [(121, 180), (150, 97)]
RULES = {
    'scale_factor': dict(scale_factor=0.6),
    'size': dict(size=(90, 120)),
    'keep_ratio': dict(size=(70, 100), keep_ratio=True),
}


@pytest.fixture(scope='module', autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


@pytest.fixture(params=CONFIGS)
def name(request):
    return request.param


def build(name: str, **rule) -> tuple[BaseDetector, BaseDetector]:
    """A detector behind a bilinear DownsizeNet, and behind its stock preprocessor."""
    config = Config.fromfile(CONFIGS[name])
    config.model.data_preprocessor.pop('scale_factor')
    config.model.data_preprocessor |= rule
    config.model.data_preprocessor.interpolator = dict(type='DownsizeNet', normalizer=None)
    torch.manual_seed(1)
    # From here on the random weights are such that every model finds something.
    MODELS.build(config.model.data_preprocessor.interpolator)
    downsized = MODELS.build(copy.deepcopy(config.model))  # DETR changes the config it is built of
    config.model.data_preprocessor = config.image_preprocessor
    stock = MODELS.build(config.model)
    weights = {k: v for k, v in downsized.state_dict().items() if 'interpolator' not in k}
    for key, value in weights.items():  # random weights that tell boxes and classes apart
        if key.endswith('weight') and value.dim() > 1:
            spread = 4 if 'in_proj' in key else 1  # queries look at places of their own
            value.normal_(0, 1 if 'query' in key else spread * value[0].numel() ** -0.5)
    stock.load_state_dict(weights)
    downsized.load_state_dict(weights, strict=False)
    return downsized.eval(), stock.eval()


def frame(size: tuple[int, int], scale: tuple[float, float] = (1.0, 1.0)) -> dict:
    """The metas of CenterNet: the image lies within a border, in the pixels of the network."""
    (height, width), (x, y) = size, scale
    border = (5 * y, (height - 3) * y, 4 * x, (width - 6) * x)
    return dict(border=border, ori_shape=(height - 8, width - 10))


def make_views(model: BaseDetector, name: str, flip: bool = False) -> tuple[dict, dict]:
    """A batch of mixed sizes, and the same batch downsized by torch's bilinear interpolation."""
    generator = torch.Generator().manual_seed(1)
    batches = dict(inputs=[], data_samples=[]), dict(inputs=[], data_samples=[])
    for size in SIZES:
        image = torch.randint(256, (3, *size), generator=generator, dtype=torch.uint8)
        image = image.flip(-1) if flip else image
        target = model.data_preprocessor.target_size(*size)
        scale = target[1] / size[1], target[0] / size[0]
        small = F.interpolate(image[None].float(), target, mode='bilinear')[0]
        common = dict(ori_shape=size, flip=flip, flip_direction='horizontal' if flip else None)
        for batch, given, shape, factor in zip(
            batches, (image, small), (size, target), ((1.0, 1.0), scale), strict=True
        ):
            metas = dict(common, img_shape=shape, scale_factor=factor)
            if name == 'centernet':
                metas |= frame(size, factor)
            batch['inputs'].append(given)
            batch['data_samples'].append(DetDataSample(metainfo=metas))
    return batches


def assert_same_detections(ours: list[DetDataSample], theirs: list[DetDataSample]) -> None:
    for mine, their in zip(ours, theirs, strict=True):
        mine, their = mine.pred_instances, their.pred_instances
        assert len(mine) == len(their) > 10
        torch.testing.assert_close(mine.scores, their.scores, atol=1e-4, rtol=0)
        same = (mine.labels[:, None] == their.labels) & (
            (mine.bboxes[:, None] - their.bboxes).abs().amax(-1) < 1e-2
        )
        tied = (mine.scores[:, None] - their.scores).abs() < 1e-4
        assert (same & tied).any(0).all() and (same & tied).any(1).all()
        assert mine.scores.std() > 1e-3 and mine.bboxes.std(0).min() > 0.3


@pytest.mark.parametrize('rule', RULES)
@torch.no_grad()
def test_bilinear_downsizing_gives_the_stock_detections(name, rule):
    """Invariant 5: boxes, scores and their order, in the pixels of the original image."""
    downsized, stock = build(name, **RULES[rule])
    original, small = make_views(downsized, name)
    ours, theirs = downsized.test_step(original), stock.test_step(small)
    assert_same_detections(ours, theirs)
    for mine, their, (height, width) in zip(ours, theirs, SIZES, strict=True):
        boxes = mine.pred_instances.bboxes
        reach = 0.5 if name == 'detr' else 0.7  # in the pixels of the original image
        assert boxes[:, 2].max() > reach * width and boxes[:, 3].max() > reach * height
        if name != 'centernet':  # whose boxes are not clipped
            assert (boxes <= boxes.new_tensor([width, height]).repeat(2) + 1e-2).all()
        if name == 'mask_rcnn':
            mine, their = mine.pred_instances.masks, their.pred_instances.masks
            assert mine.shape[1:] == (height, width)
            assert 0.01 < mine.float().mean() < 0.99
            assert (mine != their).float().mean() < 1e-4


@pytest.mark.parametrize(
    'name', sorted(CONFIGS.keys() - {'mask_rcnn'})
)  # for whose masks mmdet has none
@pytest.mark.parametrize('rule', RULES)
@torch.no_grad()
def test_augmented_testing_gives_the_stock_detections(name, rule):
    downsized, stock = build(name, **RULES[rule])
    merged = []
    settings = dict(nms=dict(type='nms', iou_threshold=0.95), max_per_img=40)
    views = [make_views(downsized, name, flip=flip) for flip in (False, True)]
    for k, model in enumerate((downsized, stock)):
        batches = [view[k] for view in views]
        data = dict(
            inputs=[batch['inputs'] for batch in batches],
            data_samples=[batch['data_samples'] for batch in batches],
        )
        merged.append(DetTTAModel(module=model, tta_cfg=ConfigDict(settings)).test_step(data))
    assert_same_detections(*merged)


def test_loss_equals_that_of_the_small_images_and_trains_the_interpolator(name):
    downsized, stock = build(name, scale_factor=0.6)
    original, small = make_views(downsized, name)
    boxes = torch.tensor([[10.0, 20.0, 60.0, 80.0], [30.0, 5.0, 90.0, 95.0]])
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].double().numpy()
    for batch in (original, small):
        for sample, size in zip(batch['data_samples'], SIZES, strict=True):
            scale = torch.tensor(sample.scale_factor).repeat(2)
            sample.gt_instances = InstanceData(bboxes=boxes * scale, labels=torch.tensor([1, 4]))
            if name == 'mask_rcnn':
                masks = PolygonMasks([[polygon] for polygon in corners], *size)
                sample.gt_instances.masks = masks.resize(sample.img_shape)
    losses = []
    for model, batch in ((downsized, original), (stock, small)):
        torch.manual_seed(0)  # the samplers draw
        data = model.data_preprocessor(batch, True)
        losses.append(model.parse_losses(model(**data, mode='loss'))[0])
    torch.testing.assert_close(*losses, atol=1e-3, rtol=1e-4)
    losses[0].backward()
    gradient = downsized.data_preprocessor.interpolator.head.conv.weight.grad
    assert gradient.abs().sum() > 0
