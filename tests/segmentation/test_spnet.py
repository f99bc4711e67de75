"""SPNet as published: its layers, where its strip pooling is, its size; and its configs."""

from copy import deepcopy
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.structures import PixelData
from mmseg.models import BaseSegmentor, ResNetV1c
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from plain_layers import BN, conv_norm, convolve, count, gate, normalise, shake
from torch import nn

from mmdownsize.segmentation import (
    SPHead,
    SPNetResNet,
    StripPooledBasicBlock,
    StripPooledBottleneck,
)

MODEL_CONFIGS = Path(__file__).parents[2] / 'configs' / '_base_' / 'models'
LAYERS = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
# warnings of mmseg about its own defaults
pytestmark = [
    pytest.mark.filterwarnings('ignore:``build_loss``'),
    pytest.mark.filterwarnings('ignore:Default ``avg_non_ignore``'),
    pytest.mark.filterwarnings('ignore:When align_corners'),
]


@pytest.fixture(scope='module', autouse=True)
def mmseg_scope():
    with DefaultScope.overwrite_default_scope('mmseg'):
        yield


def build(name: str, **changes) -> BaseSegmentor:
    config = Config.fromfile(MODEL_CONFIGS / f'{name}.py')
    config.merge_from_dict({'model.backbone.init_cfg': None} | changes)
    return MODELS.build(config.model)


def small(depth: int = 50, **changes) -> SPNetResNet:
    return SPNetResNet(depth, **dict(base_channels=4, stem_channels=8, norm_cfg=BN) | changes)


def set_training(backbone: nn.Module, training: bool = False) -> nn.Module:
    """As `train` of other modules: mmseg's ResNet returns None."""
    backbone.train(training)
    return backbone


def blocks_of(backbone: SPNetResNet) -> list[list[nn.Module]]:
    return [list(getattr(backbone, name)) for name in backbone.res_layers]


def conv_bn(inputs: int, outputs: int, kernel: int) -> int:
    return outputs * inputs * kernel + 2 * outputs


def strip_pooling(channels: int) -> int:
    return 2 * conv_bn(channels, channels, 3) + channels * channels + channels


def published_backbone(depth: int) -> int:
    total = conv_bn(3, 64, 9) + conv_bn(64, 64, 9) + conv_bn(64, 128, 9)
    inputs = 128
    for planes, blocks in zip((64, 128, 256, 512), LAYERS[depth], strict=True):
        total += conv_bn(inputs, 4 * planes, 1)  # the shortcut of the first block
        for _ in range(blocks):
            total += conv_bn(inputs, planes, 1) + conv_bn(planes, planes, 9)
            total += conv_bn(planes, 4 * planes, 1)
            inputs = 4 * planes
        total += strip_pooling(planes) * (blocks if planes == 512 else 1)
    return total


@pytest.mark.parametrize('depth, total', [(50, 47_738_794), (101, 66_730_922)])
def test_number_of_parameters_is_the_sum_of_the_published_layers(depth, total):
    with torch.device('meta'):
        model = build('spnet_r101', **{'model.backbone': dict(depth=depth, stem_channels=128)})
    counts = {name: count(child) for name, child in model.named_children()}
    assert counts['backbone'] == published_backbone(depth)
    head = conv_bn(2048, 1024, 1) + 2 * 4_397_568 + conv_bn(1024, 512, 9)
    assert counts['decode_head'] == head + 21 * (512 + 1)
    assert counts['auxiliary_head'] == conv_bn(1024, 256, 9) + 21 * (256 + 1)
    assert count(model) == total


@pytest.mark.parametrize('depth', LAYERS)
def test_last_blocks_and_all_of_layer_4_have_strip_pooling(depth):
    layers = blocks_of(small(depth))
    assert tuple(map(len, layers)) == LAYERS[depth]
    for index, blocks in enumerate(layers):
        found = [block.strip_pooling is not None for block in blocks]
        assert found == [index == 3] * (len(blocks) - 1) + [True]
        # channels = planes
        assert blocks[-1].strip_pooling.gate.out_channels == 4 * 2**index


@pytest.mark.parametrize('depth', [50, 101])
def test_dilations_and_strides(depth):
    blocks = [[block.conv2 for block in blocks] for blocks in blocks_of(small(depth))]
    _, second, third, _ = LAYERS[depth]
    dilations = [[1] * 3, [1] * second, [1] + [2] * (third - 1), [4, 8, 16]]
    assert [[conv.dilation[0] for conv in layer] for layer in blocks] == dilations
    assert [[conv.padding[0] for conv in layer] for layer in blocks] == dilations
    strides = [[1] * 3, [2] + [1] * (second - 1), [1] * third, [1] * 3]
    assert [[conv.stride[0] for conv in layer] for layer in blocks] == strides


def test_dilations_of_basic_blocks():
    first = [[block.conv1.dilation[0] for block in blocks] for blocks in blocks_of(small(18))]
    assert first == [[1, 1], [1, 1], [1, 2], [4, 8]]


@pytest.mark.parametrize('depth, expansion', [(18, 1), (50, 4)])
@pytest.mark.parametrize('training', [True, False])
def test_maps_have_stride_8_at_odd_sizes(depth, expansion, training):
    maps = set_training(small(depth), training)(torch.rand(1, 3, 37, 51))
    sizes = [(10, 13), (5, 7), (5, 7), (5, 7)]
    expected = [(1, 4 * 2**i * expansion, *size) for i, size in enumerate(sizes)]
    assert [tuple(each.shape) for each in maps] == expected


@pytest.mark.parametrize('depth', LAYERS)
def test_stock_weights_load_with_strip_pooling_alone_missing(depth):
    with torch.device('meta'):
        ours = SPNetResNet(depth, stem_channels=64, norm_cfg=BN)
        stock = ResNetV1c(depth=depth).state_dict()
    missing, unexpected = ours.load_state_dict(stock, strict=False, assign=True)
    assert not unexpected
    assert missing and all('.strip_pooling.' in name for name in missing)


def test_stem_of_the_release_does_not_take_stock_weights():
    stock = ResNetV1c(depth=18, stem_channels=8, base_channels=4).state_dict()
    with pytest.raises(RuntimeError, match='size mismatch for stem.0.weight'):
        small(18, stem_channels=16).load_state_dict(stock, strict=False)


@pytest.mark.parametrize('depth', [18, 50])
def test_open_gates_give_the_resnet_of_mmseg(depth):
    stock = ResNetV1c(
        depth=depth,
        base_channels=4,
        stem_channels=8,
        strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4),
        multi_grid=(4, 8, 16),
        contract_dilation=True,
    )
    stock = set_training(shake(stock))
    ours = set_training(small(depth).double())
    ours.load_state_dict(stock.state_dict(), strict=False)
    image = torch.rand(1, 3, 45, 62, dtype=torch.float64)
    theirs, closed = stock(image), ours(image)
    assert not any(torch.allclose(a, b) for a, b in zip(theirs, closed, strict=True))
    for blocks in blocks_of(ours):
        for block in blocks:
            if block.strip_pooling is not None:
                nn.init.zeros_(block.strip_pooling.gate.weight)
                nn.init.constant_(block.strip_pooling.gate.bias, 100.0)
    torch.testing.assert_close(ours(image), theirs)


@pytest.mark.parametrize('training', [True, False])
def test_bottleneck_equals_its_composition(training):
    shortcut = nn.Sequential(nn.Conv2d(6, 12, 1, bias=False), nn.BatchNorm2d(12))
    block = StripPooledBottleneck(6, 3, dilation=2, downsample=shortcut)
    block.add_strip_pooling(BN)
    shake(block).train(training)
    x = torch.randn(2, 6, 5, 7, dtype=torch.float64)
    out = normalise(block.norm1, convolve(block.conv1, x)).clamp(min=0)
    out = normalise(block.norm2, convolve(block.conv2, out)).clamp(min=0)
    out = out * gate(block.strip_pooling, out)
    out = normalise(block.norm3, convolve(block.conv3, out))
    out = out + normalise(shortcut[1], convolve(shortcut[0], x))
    torch.testing.assert_close(block(x), out.clamp(min=0))


@pytest.mark.parametrize('training', [True, False])
def test_basic_block_equals_its_composition(training):
    block = StripPooledBasicBlock(3, 3, dilation=4)
    block.add_strip_pooling(BN)
    shake(block).train(training)
    x = torch.randn(2, 3, 5, 7, dtype=torch.float64)
    out = normalise(block.norm1, convolve(block.conv1, x)).clamp(min=0)
    out = out * gate(block.strip_pooling, out)
    out = normalise(block.norm2, convolve(block.conv2, out))
    torch.testing.assert_close(block(x), (out + x).clamp(min=0))


def gradients(backbone: SPNetResNet, image: torch.Tensor) -> dict:
    backbone.zero_grad()
    sum(each.square().mean() for each in backbone(image)).backward()
    return {name: parameter.grad.clone() for name, parameter in backbone.named_parameters()}


@pytest.mark.parametrize('depth', [18, 50])
def test_gradients_reach_everything_and_checkpoints_change_none(depth):
    plain = small(depth).double()
    saving = small(depth, with_cp=True).double()
    saving.load_state_dict(plain.state_dict())
    image = torch.rand(2, 3, 33, 41, dtype=torch.float64)
    found = gradients(plain, image)
    assert all(gradient.abs().sum() > 0 for gradient in found.values())
    torch.testing.assert_close(gradients(saving, image), found)


def test_copy_has_gates_of_its_own():
    model = set_training(small(18))
    twin = deepcopy(model)
    for parameter in twin.layer1[-1].strip_pooling.parameters():
        nn.init.zeros_(parameter)
    image = torch.rand(1, 3, 33, 41)
    assert not torch.allclose(model(image)[0], twin(image)[0])


def test_frozen_stages_include_their_gates():
    backbone = set_training(small(frozen_stages=2), True)
    for index, layer in enumerate(blocks_of(backbone)):
        gated = layer[-1].strip_pooling
        assert gated.training == (index >= 2)
        assert all(each.requires_grad == (index >= 2) for each in gated.parameters())


def test_plugins_are_refused():
    plugin = dict(cfg=dict(type='ContextBlock', ratio=1 / 4), position='after_conv2')
    with pytest.raises(ValueError, match='leave them out, or take ResNetV1c'):
        small(plugins=[plugin])


@pytest.mark.parametrize('shape', [(5, 7), (1, 1)])
def test_head_equals_its_composition(shape):
    head = SPHead(6, 5, pooling_channels=8, mid_channels=2, num_classes=3, norm_cfg=BN)
    shake(head).eval()
    maps = [torch.randn(1, 6, *shape, dtype=torch.float64) for _ in range(2)]
    out = head.mixed_pooling(conv_norm(head.reduce, maps[-1], relu=True))
    out = convolve(head.conv_seg, conv_norm(head.smooth, out, relu=True))
    torch.testing.assert_close(head(maps), out)
    assert len(head.mixed_pooling) == 2  # each compared in its own file
    assert isinstance(head.dropout, nn.Dropout2d) and head.dropout.p == 0.1
    assert head.align_corners and all(each.align_corners for each in head.mixed_pooling)


@pytest.mark.parametrize('name', ['conv_cfg', 'act_cfg'])
def test_head_refuses_what_it_would_not_use(name):
    with pytest.raises(ValueError, match=f'got {name}=.*leave it out'):
        SPHead(6, 5, num_classes=3, **{name: dict(type='Some')})


def test_auxiliary_head_reads_layer_3():
    with torch.device('meta'):
        model = build('spnet_r101')
    head = model.auxiliary_head
    (layer,) = head.convs
    assert layer.conv.weight.shape == (256, 1024, 3, 3) and layer.conv.bias is None
    assert layer.with_norm and layer.with_activation and not head.concat_input
    assert head.conv_seg.weight.shape == (21, 256, 1, 1)
    assert isinstance(head.dropout, nn.Dropout2d) and head.dropout.p == 0.1
    assert head.in_index == 2 and head.align_corners and head.loss_decode.loss_weight == 0.4


def test_r101_config_is_the_default_head_and_takes_the_stock_weights():
    config = Config.fromfile(MODEL_CONFIGS / 'spnet_r101.py').model
    assert config.backbone.init_cfg.checkpoint == 'open-mmlab://resnet101_v1c'
    assert config.backbone.stem_channels == 64  # those weights' stem
    with torch.device('meta'):
        model = build('spnet_r101')
        default = SPHead(num_classes=21)
    assert count(default) == count(model.decode_head)
    assert all(
        isinstance(layer, nn.SyncBatchNorm)
        for layer in model.modules()
        if 'Norm' in type(layer).__name__
    )


def make_batch() -> dict:
    inputs = [torch.randint(256, (3, 61, 83), dtype=torch.uint8) for _ in range(2)]
    labels = [torch.zeros(1, 61, 83, dtype=torch.long) for _ in range(2)]
    for image, label in zip(inputs, labels, strict=True):
        label[:, 20:, :40], label[:, :5] = 7, 255
        image[:, 20:, :40] //= 4
    meta = dict(img_shape=(61, 83), ori_shape=(61, 83))
    samples = [SegDataSample(metainfo=meta, gt_sem_seg=PixelData(data=each)) for each in labels]
    return dict(inputs=inputs, data_samples=samples)


def test_mini_learns_and_reaches_every_parameter():
    model = build('spnet_r18_mini').train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    totals = []
    for _ in range(5):
        data = model.data_preprocessor(make_batch(), training=True)
        losses = model(**data, mode='loss')
        total, _ = model.parse_losses(losses)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert {name for name in losses if 'loss' in name} == {'decode.loss_ce', 'aux.loss_ce'}
    assert totals[-1] < totals[0]
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
    with torch.no_grad():
        (result, _) = model.eval().test_step(make_batch())
    assert result.seg_logits.data.shape == (21, 61, 83)
    assert result.pred_sem_seg.data.shape == (1, 61, 83)
