"""A segmentor does not know that its image was downsized."""

import copy

import pytest
import torch
import torch.nn.functional as F
from config_files import CONFIGS
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.structures import PixelData
from mmseg.models import EncoderDecoder, SegTTAModel
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample

import mmdownsize.segmentation  # noqa: F401

SIZES = [(121, 180), (150, 97)]  # no multiples of the stride, before and after
WHOLE = dict(mode='whole')
SLIDE = dict(mode='slide', crop_size=(45, 40), stride=(30, 27))


@pytest.fixture(scope='module', autouse=True)
def mmseg_scope():
    with DefaultScope.overwrite_default_scope('mmseg'):
        yield


@pytest.fixture(params=['fcn', 'deeplabv3plus', 'spnet'])
def name(request):
    return request.param


def build(name: str, test_cfg: dict = WHOLE) -> tuple[EncoderDecoder, EncoderDecoder]:
    """A segmentor behind a bilinear DownsizeNet, and behind its stock preprocessor."""
    config = Config.fromfile(CONFIGS / f'mini/{name}_dsnet_camvid.py')
    config.model.data_preprocessor.scale_factor = 0.6
    config.model.data_preprocessor.interpolator = dict(type='DownsizeNet', normalizer=None)
    config.model.test_cfg = test_cfg
    torch.manual_seed(1)
    downsized = MODELS.build(copy.deepcopy(config.model))
    config.model.data_preprocessor = config.image_preprocessor
    stock = MODELS.build(config.model)
    weights = {k: v for k, v in downsized.state_dict().items() if 'interpolator' not in k}
    for key, value in weights.items():
        if key.endswith('weight') and value.dim() > 1:
            value.normal_(0, value[0].numel() ** -0.5)
    stock.load_state_dict(weights)
    downsized.load_state_dict(weights, strict=False)
    downsized.eval(), stock.eval()
    return downsized, stock


def make_views(size: tuple[int, int], flip: bool) -> tuple[dict, dict]:
    """An image, and the same downsized by torch's bilinear interpolation."""
    generator = torch.Generator().manual_seed(1)
    image = torch.randint(256, (3, *size), generator=generator, dtype=torch.uint8)
    image = image.flip(-1) if flip else image
    target = tuple(int(0.6 * edge + 0.5) for edge in size)
    small = F.interpolate(image[None].float(), target, mode='bilinear')[0]
    batches = []
    for given, shape in ((image, size), (small, target)):
        metas = dict(ori_shape=size, img_shape=shape, flip=flip, img_path='a.png')
        metas['flip_direction'] = 'horizontal'
        batches.append(dict(inputs=[given], data_samples=[SegDataSample(metainfo=metas)]))
    return tuple(batches)


@pytest.mark.parametrize('flip', [False, True])
@pytest.mark.parametrize('test_cfg', [WHOLE, SLIDE], ids=['whole', 'slide'])
@pytest.mark.parametrize('size', SIZES)
@torch.no_grad()
def test_bilinear_downsizing_gives_the_stock_logits(name, size, test_cfg, flip):
    downsized, stock = build(name, test_cfg)
    original, small = make_views(size, flip)
    (mine,), (their,) = downsized.test_step(original), stock.test_step(small)
    assert mine.seg_logits.data.shape == (11, *size)
    spread = their.seg_logits.data.std()
    assert spread > 1e-3
    error = (mine.seg_logits.data - their.seg_logits.data).abs().max()
    assert error <= 1e-4 * max(1, spread)
    assert (mine.pred_sem_seg.data != their.pred_sem_seg.data).float().mean() < 1e-3


@torch.no_grad()
def test_augmented_testing_gives_the_stock_labels(name):
    models = build(name)
    views = [make_views(SIZES[0], flip) for flip in (False, True)]
    merged = []
    for k, model in enumerate(models):
        data = {key: [view[k][key] for view in views] for key in ('inputs', 'data_samples')}
        merged.append(SegTTAModel(module=model).test_step(data)[0].pred_sem_seg.data)
    assert merged[0].shape[-2:] == SIZES[0] and len(merged[0].unique()) > 1
    assert (merged[0] != merged[1]).float().mean() < 1e-3


def test_loss_is_that_of_the_small_images_with_labels_at_full_resolution(name):
    downsized, stock = build(name)
    downsized.train(), stock.train()
    losses = []
    for model, k in ((downsized, 0), (stock, 1)):
        views = [make_views(SIZES[0], flip)[k] for flip in (False, True)]
        batch = {key: [view[key][0] for view in views] for key in ('inputs', 'data_samples')}
        generator = torch.Generator().manual_seed(2)
        labels = [torch.randint(11, (1, *SIZES[0]), generator=generator) for _ in views]
        for sample, label in zip(batch['data_samples'], labels, strict=True):
            sample.gt_sem_seg = PixelData(data=label if k == 0 else label[..., :72, :108])
        data = model.data_preprocessor(batch, True)
        for sample, label in zip(data['data_samples'], labels, strict=True):
            sample.gt_sem_seg = PixelData(data=label)  # at full resolution for both
        torch.manual_seed(0)  # dropout draws
        losses.append(model.parse_losses(model(**data, mode='loss'))[0])
    torch.testing.assert_close(*losses, atol=1e-3, rtol=1e-3)
    losses[0].backward()
    gradient = downsized.data_preprocessor.interpolator.head.conv.weight.grad
    assert gradient.abs().sum() > 0
