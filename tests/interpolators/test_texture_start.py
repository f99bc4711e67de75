"""What the texture branch shows before it has learned anything: nothing, or strong texture."""

import math

import pytest
import torch
from torch import nn

from mmdownsize import DownsizeNet
from mmdownsize.interpolators.texture_start import see_grey_evenly


def grain(deviation: float, seed: int = 0) -> torch.Tensor:
    """Grey noise, 60 pixels wide, of a standard deviation, about the middle of the range."""
    torch.manual_seed(seed)
    return (128 + deviation * torch.randn(1, 1, 60, 60)).expand(1, 3, -1, -1)


@pytest.mark.parametrize('num_convs', [1, 2, 4])
@pytest.mark.parametrize('taps', [2, 4, 'support'])
def test_averaging_starts_even_above_its_limit_and_by_distance_below(taps, num_convs):
    distance = 'antialiased' if taps == 'support' else 'bilinear'
    options = dict(taps=taps, num_convs=num_convs, channels=64, coef_groups=3, distance=distance)
    torch.manual_seed(1)
    net = DownsizeNet(**options, sharpness=0.3, averaging=40.0)
    weights = DownsizeNet(**options).coefficients(grain(0.0), (18, 18))[0].double()
    odds = (weights.clamp(1e-12, 1 - 2**-23).logit() * 0.3).exp() * (weights > 0)
    by_distance = odds / odds.sum(dim=(2, 3), keepdim=True)
    for deviation, tolerance in ((0.0, 1e-3), (4.0, 2e-2)):
        coefficients, *_ = net.coefficients(grain(deviation), (18, 18))
        torch.testing.assert_close(coefficients.double(), by_distance, atol=tolerance, rtol=0)
    coefficients, *_ = net.coefficients(grain(400.0), (18, 18))
    even = (coefficients > 0) / (coefficients > 0).sum(dim=(2, 3), keepdim=True)
    torch.testing.assert_close(coefficients, even, atol=1e-3, rtol=0)
    assert taps == 'support' or (coefficients > 0).all()


@pytest.mark.parametrize('num_convs', [1, 2, 3, 4])
@pytest.mark.parametrize('std', [None, 25.0])
def test_averaging_measures_the_standard_deviation_of_grain(num_convs, std):
    """What the texture adds is 400 times the share by which the grain is above the limit."""
    torch.manual_seed(2)
    net = DownsizeNet(taps=4, num_convs=num_convs, averaging=40.0, std=std)
    bias = net.head.conv.bias.detach().view(-1, 1, 1)
    for deviation in (20.0, 40.0, 80.0):
        read = net.head.read(net.texture(grain(deviation), (60, 60))).detach() + bias
        assert read.mean().item() == pytest.approx(400 * (deviation / 40 - 1), abs=deviation)


@pytest.mark.parametrize(('zero_mean', 'seen'), [(False, True), (True, False)])
def test_filters_of_zero_mean_see_nothing_where_the_image_is_flat(zero_mean, seen):
    flat = torch.tensor([10.0, 130.0, 250.0]).view(3, 1, 1).expand(1, 3, 20, 20)
    net = DownsizeNet(zero_mean=zero_mean)
    assert (net.texture(flat, (6, 6)).abs().max() > 1e-3) == seen
    assert net.texture(grain(40.0), (6, 6)).abs().max() > 1e-3


def grey_filters(conv: nn.Conv2d, std: torch.Tensor) -> torch.Tensor:
    """What filters read of a grey image, one row of 9 weights a filter."""
    return (conv.weight.data / std.view(-1, 1, 1)).sum(dim=1).flatten(1)


@pytest.mark.parametrize('channels', [8, 16, 24])
@pytest.mark.parametrize('std', [(1.0, 1.0, 1.0), (20.0, 50.0, 80.0)])
def test_the_energy_read_of_a_grey_patch_is_its_variance_times_a_constant(channels, std):
    torch.manual_seed(3)
    conv, std = nn.Conv2d(3, channels, 3).double(), torch.tensor(std).double()
    see_grey_evenly(conv, std)
    patches = 255 * torch.rand(50, 9, dtype=torch.float64)
    energy = (patches @ grey_filters(conv, std).mT).square().sum(dim=1)
    share = energy / patches.var(dim=1, correction=0)
    torch.testing.assert_close(share, share[:1].expand(50), atol=0, rtol=1e-9)
    assert share[0] > 0


@pytest.mark.parametrize('channels', [1, 5])
def test_few_filters_read_grey_without_its_mean_and_orthogonally(channels):
    conv, std = nn.Conv2d(3, channels, 3).double(), torch.ones(3).double()
    see_grey_evenly(conv, std)
    filters = grey_filters(conv, std)
    gram = filters @ filters.mT
    torch.testing.assert_close(gram, gram[0, 0] * torch.eye(channels, dtype=torch.float64))
    assert filters.sum(dim=1).abs().max() < 1e-12 * gram[0, 0]


def test_reading_grey_evenly_keeps_what_filters_read_of_colour():
    conv, std = nn.Conv2d(3, 16, 3).double(), torch.tensor([20.0, 50.0, 80.0]).double()
    colour = torch.randn(1, 3, 3, 3).double()
    colour -= colour.mean(dim=1, keepdim=True)
    colour -= colour.mean(dim=(2, 3), keepdim=True)
    before = (conv.weight.data / std.view(-1, 1, 1) * colour).sum(dim=(1, 2, 3))
    see_grey_evenly(conv, std)
    after = (conv.weight.data / std.view(-1, 1, 1) * colour).sum(dim=(1, 2, 3))
    torch.testing.assert_close(after, before)


def stripes(period: float, angle: float) -> torch.Tensor:
    """Grey stripes with a standard deviation of 30, 90 pixels wide, in degrees from vertical."""
    y, x = torch.meshgrid(torch.arange(90.0), torch.arange(90.0), indexing='ij')
    across = x * math.cos(math.radians(angle)) + y * math.sin(math.radians(angle))
    wave = torch.sin(2 * math.pi * across / period)
    return (128 + 30 * math.sqrt(2) * wave).expand(1, 3, -1, -1)


@pytest.mark.parametrize('period', [2.5, 3.5, 5.0])
def test_averaging_measures_stripes_alike_in_all_directions(period):
    for seed in range(4):
        torch.manual_seed(seed)
        net = DownsizeNet(taps=4, num_convs=4, averaging=40.0)
        images = torch.cat([stripes(period, angle) for angle in range(0, 180, 15)])
        read = net.head.read(net.texture(images, (27, 27))[..., 3:-3, 3:-3]).detach()
        shown = read.mean(dim=(1, 2, 3))
        assert shown.max() - shown.min() < 0.16 * shown.mean()
