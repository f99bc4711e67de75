"""RefineDet as published: its size, its anchors, its layers."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from mmdet.models import SSDVGG
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmdownsize.detection import RefineDetNeck, RefineDetVGG, TransferConnection

MODEL = Path(__file__).parents[2] / 'configs' / '_base_' / 'models' / 'refinedet_vgg16.py'


@pytest.fixture(scope='module', autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


@pytest.fixture(scope='module')
def refinedet():
    config = Config.fromfile(MODEL)
    config.model.backbone.init_cfg = None
    with DefaultScope.overwrite_default_scope('mmdet'):
        return MODELS.build(config.model)


def convolution(inputs: int, outputs: int, kernel: int) -> int:
    return outputs * (inputs * kernel**2 + 1)


def test_number_of_parameters_is_the_sum_of_the_published_layers(refinedet):
    widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    vgg = sum(convolution(a, b, 3) for a, b in zip(widths, widths[1:], strict=False))
    vgg += convolution(512, 1024, 3) + convolution(1024, 1024, 1)  # fc6, fc7
    conv6 = convolution(1024, 256, 1) + convolution(256, 512, 3)
    sources = [512, 512, 1024, 512]
    blocks = sum(convolution(source, 256, 3) + 2 * convolution(256, 256, 3) for source in sources)
    deconvolutions = 3 * convolution(256, 256, 2)
    arm = sum(convolution(source, 3 * (4 + 2), 3) for source in sources)
    odm = 4 * convolution(256, 3 * (4 + 21), 3)
    counts = {
        'backbone': vgg,
        'neck': conv6 + 512 + 512 + blocks + deconvolutions,  # 512 scales for conv4_3 and conv5_3
        'bbox_head.arm': arm,
        'bbox_head': arm + odm,
    }
    for name, expected in counts.items():
        module = refinedet.get_submodule(name)
        assert sum(p.numel() for p in module.parameters()) == expected, name
    assert sum(p.numel() for p in refinedet.parameters()) == 34_440_884


@pytest.mark.parametrize('size, count', [(320, 6375), (512, 16320)])
def test_anchors_equal_a_naive_enumeration(refinedet, size, count):
    expected = []
    for stride in (8, 16, 32, 64):
        for row in range(size // stride):
            for column in range(size // stride):
                x, y, side = (column + 0.5) * stride, (row + 0.5) * stride, 4 * stride
                for ratio in (1.0, 0.5, 2.0):  # height by width
                    width, height = side / ratio**0.5, side * ratio**0.5
                    corners = x - width / 2, y - height / 2, x + width / 2, y + height / 2
                    expected.append(corners)
    sizes = [(size // stride, size // stride) for stride in (8, 16, 32, 64)]
    for head in (refinedet.bbox_head, refinedet.bbox_head.arm):
        anchors = torch.cat(head.prior_generator.grid_priors(sizes, device='cpu'))
        assert len(anchors) == count
        torch.testing.assert_close(anchors, torch.tensor(expected))


@pytest.mark.parametrize('size, levels', [(320, (40, 20, 10, 5)), (128, (16, 8, 4, 2))])
def test_maps_halve_from_stride_8_to_64(refinedet, size, levels):
    with torch.no_grad():
        sources, pyramid = refinedet.extract_feat(torch.rand(1, 3, size, size))
    assert [source.shape[1:] for source in sources] == [
        (channels, side, side) for channels, side in zip((512, 512, 1024, 512), levels, strict=True)
    ]
    assert [level.shape[1:] for level in pyramid] == [(256, side, side) for side in levels]


def test_vgg_takes_the_weights_of_ssd_and_differs_in_pool5_and_fc6():
    ours, ssd = RefineDetVGG(), SSDVGG(16, out_feature_indices=(22, 29))
    ours.load_state_dict(ssd.state_dict())
    image = torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        conv4_3, conv5_3, fc7 = ours(image)
        for mine, theirs in zip((conv4_3, conv5_3), ssd(image), strict=True):
            assert torch.equal(mine, theirs)
        weights = ssd.state_dict()
        fc6 = F.conv2d(
            F.max_pool2d(conv5_3, 2, 2),
            weights['features.31.weight'],
            weights['features.31.bias'],
            padding=3,
            dilation=3,
        ).relu()
        expected = F.conv2d(fc6, weights['features.33.weight'], weights['features.33.bias']).relu()
    torch.testing.assert_close(fc7, expected)


def test_transfer_connection_equals_its_layers_one_by_one():
    torch.manual_seed(1)
    block, top = TransferConnection(6, 4), TransferConnection(6, 4, top=True)
    source, above = torch.randn(2, 6, 4, 6), torch.randn(2, 4, 2, 3)

    def conv(module, x):
        return F.conv2d(x, module.conv.weight, module.conv.bias, padding=1)

    summed = conv(block.lateral[1], conv(block.lateral[0], source).relu())
    doubled = torch.zeros(2, 4, 4, 6)
    for row in range(4):
        for column in range(6):  # each pixel above spreads over a 2x2 block, and no further
            weight = block.deconv.weight[:, :, row % 2, column % 2]
            doubled[:, :, row, column] = (
                above[:, :, row // 2, column // 2] @ weight + block.deconv.bias
            )
    expected = conv(block.out, (summed + doubled).relu()).relu()
    torch.testing.assert_close(block(source, above), expected)
    expected = conv(top.lateral[1], conv(top.lateral[0], source).relu()).relu()
    torch.testing.assert_close(top(source), conv(top.out, expected).relu())
    assert top.deconv is None


def test_first_sources_are_normalised_and_the_next_map_is_made_of_the_last_as_it_is():
    neck = RefineDetNeck((8, 6, 4), extra_channels=4, out_channels=4, l2_norm_scales=(10, 8))
    neck.init_weights()
    maps = [torch.rand(1, width, side, side) for width, side in ((8, 16), (6, 8), (4, 4))]
    sources, _ = neck([each.clone() for each in maps])
    for source, given, scale in zip(sources[:2], maps[:2], (10, 8), strict=True):
        norms = (given.double() ** 2).sum(1, keepdim=True).sqrt()
        torch.testing.assert_close(source, (scale * given / norms).float())
    assert torch.equal(sources[2], maps[2])
    narrow, wide = neck.extra.extra_layers[0]
    expected = F.conv2d(maps[2], narrow.conv.weight, narrow.conv.bias).relu()
    expected = F.conv2d(expected, wide.conv.weight, wide.conv.bias, stride=2, padding=1).relu()
    torch.testing.assert_close(sources[3], expected)
    assert neck.l2_norms[0].weight.requires_grad


def test_pyramid_is_built_from_the_top_down():
    neck = RefineDetNeck((8, 6), extra_channels=4, out_channels=4, l2_norm_scales=(10,))
    neck.init_weights()
    maps = torch.rand(1, 8, 8, 12), torch.rand(1, 6, 4, 6)
    sources, pyramid = neck(maps)
    top = neck.connections[2](sources[2])
    middle = neck.connections[1](sources[1], top)
    for level, expected in zip(
        pyramid, (neck.connections[0](sources[0], middle), middle, top), strict=True
    ):
        torch.testing.assert_close(level, expected)


def test_input_that_is_no_multiple_of_the_stride_says_what_to_set():
    neck = RefineDetNeck((8, 6), extra_channels=4, out_channels=4, l2_norm_scales=(10,))
    with pytest.raises(ValueError, match=r'\(5, 6\).*pad_size_divisor') as error:
        neck((torch.rand(1, 8, 9, 12), torch.rand(1, 6, 5, 6)))
    assert '\n' not in str(error.value)
    with pytest.raises(ValueError, match='takes 2 maps.*got 1'):
        neck((torch.rand(1, 8, 8, 8),))
