"""The mixed pooling module."""

import math

import pytest
import torch
from mmseg.registry import MODELS
from plain_layers import BN, conv_norm, count, shake
from torch import Tensor, nn

from mmdownsize.segmentation import MixedPooling


def pool_matrix(length: int, pools: int) -> Tensor:
    """Row i is the mean of the places that touch the i-th of so many equal parts."""
    matrix = torch.zeros(pools, length, dtype=torch.float64)
    for i in range(pools):
        start, end = math.floor(i * length / pools), math.ceil((i + 1) * length / pools)
        matrix[i, start:end] = 1 / (end - start)
    return matrix


def enlarging_matrix(length: int, size: int) -> Tensor:
    """Row i interpolates place i; the first and the last places of both lengths coincide."""
    matrix = torch.zeros(size, length, dtype=torch.float64)
    for i in range(size):
        place = i * (length - 1) / (size - 1) if size > 1 else 0.0
        below = min(math.floor(place), length - 1)
        above = min(below + 1, length - 1)
        matrix[i, below] += 1 - (place - below)
        matrix[i, above] += place - below
    return matrix


def resample(maps: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    return torch.einsum('ih,nchw,jw->ncij', rows, maps, columns)


def plain_mixed_pooling(module: MixedPooling, features: Tensor, pools=(20, 12)) -> Tensor:
    height, width = features.shape[2:]
    short = conv_norm(module.reduce_short, features, relu=True)
    total = conv_norm(module.local, short)
    for pool, (_, layer) in zip(pools, module.pyramid, strict=True):
        pooled = resample(short, pool_matrix(height, pool), pool_matrix(width, pool))
        up = enlarging_matrix(pool, height), enlarging_matrix(pool, width)
        total = total + resample(conv_norm(layer, pooled), *up)
    short = conv_norm(module.fuse_short, total.clamp(min=0), relu=True)

    long = conv_norm(module.reduce_long, features, relu=True)
    wide = conv_norm(module.wide, long.sum(2, keepdim=True) / height)
    tall = conv_norm(module.tall, long.sum(3, keepdim=True) / width)
    total = wide.expand_as(long) + tall.expand_as(long)
    long = conv_norm(module.fuse_long, total.clamp(min=0), relu=True)

    both = conv_norm(module.expand, torch.cat([short, long], dim=1))
    return (features + both).clamp(min=0)


@pytest.mark.parametrize('shape', [(2, 8, 5, 7), (1, 8, 23, 30), (2, 8, 20, 12), (1, 8, 1, 1)])
def test_context_equals_the_plain_one_in_prediction(shape):
    module = shake(MixedPooling(8, 3, norm_cfg=BN)).eval()
    features = torch.randn(shape, dtype=torch.float64)
    torch.testing.assert_close(module(features), plain_mixed_pooling(module, features))


@pytest.mark.parametrize(
    'shape, pools', [((2, 8, 5, 7), (4, 1)), ((1, 8, 2, 3), (4, 2, 3)), ((2, 8, 1, 1), (1,))]
)
def test_context_equals_the_plain_one_in_training(shape, pools):
    module = shake(MixedPooling(8, 3, pools=pools, norm_cfg=BN)).train()
    features = torch.randn(shape, dtype=torch.float64)
    expected = plain_mixed_pooling(module, features, pools=pools)
    torch.testing.assert_close(module(features), expected)


@pytest.mark.parametrize('size, pools', [((1, 5), (4,)), ((5, 1), (4,)), ((5, 7), (4, 1))])
def test_one_image_of_one_strip_or_pool_is_no_batch_to_normalise(size, pools):
    module = MixedPooling(8, 2, pools=pools, norm_cfg=BN)
    with pytest.raises(ValueError, match='more than 1 value per channel'):
        module.train()(torch.rand(1, 8, *size))
    assert module.eval()(torch.rand(1, 8, *size)).shape == (1, 8, *size)


def test_strips_broadcast_as_bilinear_interpolation_spreads_them():
    strip = torch.randn(1, 2, 1, 5)
    spread = nn.functional.interpolate(strip, (4, 5), mode='bilinear', align_corners=True)
    torch.testing.assert_close(strip.expand(1, 2, 4, 5), spread)


def test_half_pixel_corners_are_an_option():
    """The same layers, brought back another way: pooled maps alone differ."""
    module = shake(MixedPooling(4, 2, norm_cfg=BN)).eval()
    features = torch.rand(1, 4, 9, 6, dtype=torch.float64)
    before = module.pool_pyramid(features[:, :2]), module.pool_strips(features[:, :2])
    module.align_corners = False
    after = module.pool_pyramid(features[:, :2]), module.pool_strips(features[:, :2])
    assert not torch.allclose(before[0], after[0]) and torch.equal(before[1], after[1])


def test_features_pass_where_the_context_is_zero():
    module = MixedPooling(4, 2, norm_cfg=BN).eval()
    nn.init.zeros_(module.expand.norm.weight)
    features = torch.randn(1, 4, 5, 7)
    assert torch.equal(module(features), features.clamp(min=0))


def test_number_of_parameters_of_the_release():
    reductions = 2 * (1024 * 256 + 2 * 256)
    # of the map, of both pooled maps, after either sum
    squares = 5 * (9 * 256 * 256 + 2 * 256)
    strips = 2 * (3 * 256 * 256 + 2 * 256)
    expansion = 512 * 1024 + 2 * 1024
    module = MixedPooling(norm_cfg=BN)
    assert count(module) == reductions + squares + strips + expansion == 4_397_568
    assert all(conv.bias is None for conv in module.modules() if isinstance(conv, nn.Conv2d))


def test_gradients_are_those_of_differences():
    module = shake(MixedPooling(4, 2, pools=(3, 2), norm_cfg=BN)).eval()
    features = torch.rand(1, 4, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(module, features)
    module.train()(features).square().sum().backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_autocast_stays_close():
    module = shake(MixedPooling(8, 4, norm_cfg=BN)).float().eval()
    features = torch.rand(2, 8, 5, 7)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        low = module(features.bfloat16())
    torch.testing.assert_close(low.float(), module(features), atol=0.1, rtol=0.1)


def test_pools_must_be_positive():
    with pytest.raises(ValueError, match=r'got \(20, 0\): take \(20, 12\)'):
        MixedPooling(8, 2, pools=(20, 0))


def test_normalisation_is_synchronised_unless_told_otherwise():
    module = MODELS.build(dict(type='MixedPooling', in_channels=4, mid_channels=2))
    norms = [layer for layer in module.modules() if 'Norm' in type(layer).__name__]
    assert len(norms) == 10 and all(isinstance(norm, nn.SyncBatchNorm) for norm in norms)
