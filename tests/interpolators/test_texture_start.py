"""What the texture branch shows before it has learned anything: nothing, or how strong it is."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from config_files import CONFIGS
from mmengine import Config

from mmdownsize import DownsizeNet, FixedInterpolator
from mmdownsize.datasets import MIXTURE_CLASSES, TEXTURE_CLASSES
from mmdownsize.datasets.texture_scene import draw_scene


def grain(deviation: float, seed: int = 0) -> torch.Tensor:
    """Grey noise, 60 pixels wide, of a standard deviation, about the middle of the range."""
    torch.manual_seed(seed)
    return (128 + deviation * torch.randn(1, 1, 60, 60)).expand(1, 3, -1, -1)


@pytest.mark.parametrize('num_convs', [2, 4])
@pytest.mark.parametrize('taps', [2, 4, 'support'])
def test_averaging_starts_even_beyond_its_limits_and_by_distance_between(taps, num_convs):
    distance = 'antialiased' if taps == 'support' else 'bilinear'
    options = dict(taps=taps, num_convs=num_convs, channels=64, coef_groups=3, distance=distance)
    torch.manual_seed(1)
    net = DownsizeNet(**options, sharpness=0.3, averaging=(5.0, 60.0))
    weights = DownsizeNet(**options).coefficients(grain(0.0), (18, 18))[0].double()
    odds = (weights.clamp(1e-12, 1 - 2**-23).logit() * 0.3).exp() * (weights > 0)
    by_distance = odds / odds.sum(dim=(2, 3), keepdim=True)
    coefficients, *_ = net.coefficients(grain(20.0), (18, 18))
    torch.testing.assert_close(coefficients.double(), by_distance, atol=2e-2, rtol=0)
    for deviation in (0.0, 1.0, 400.0):
        coefficients, *_ = net.coefficients(grain(deviation), (18, 18))
        even = (coefficients > 0) / (coefficients > 0).sum(dim=(2, 3), keepdim=True)
        torch.testing.assert_close(coefficients, even, atol=1e-3, rtol=0)
        assert taps == 'support' or (coefficients > 0).all()


@pytest.mark.parametrize('num_convs', [2, 3, 4])
@pytest.mark.parametrize('std', [None, 25.0])
@pytest.mark.parametrize('channels', [64, 65])
def test_averaging_measures_what_grain_lacks_and_what_is_beyond_its_threshold(
    num_convs, std, channels
):
    """400 times the share by which the one falls short of the limit, or the other exceeds it."""
    torch.manual_seed(2)
    options = dict(num_convs=num_convs, channels=channels, std=std)
    net = DownsizeNet(taps=4, averaging=(10.0, 40.0), **options)
    bias = net.head.conv.bias.detach().view(-1, 1, 1)
    bell = torch.randn(10**6, dtype=torch.float64)
    at_limit = (40 * bell - 1.6 * 40).relu().mean()
    for deviation in (0.0, 5.0, 10.0, 15.0, 40.0, 80.0):
        beyond = (deviation * bell - 1.6 * 40).relu().mean() / at_limit
        read = net.head.read(net.texture(grain(deviation), (60, 60))).detach() + bias
        shift = 400 * (max(0.0, 2 - deviation / 10) + beyond.item() - 1)
        assert read.mean().item() == pytest.approx(shift, abs=60, rel=0.05)


@pytest.mark.parametrize('channels', [16, 22, 64])
def test_averaging_starts_from_filters_that_see_one_pixel_of_grey_each(channels):
    """How far it is above the mean of all nine, or below; and nothing of colours."""
    net = DownsizeNet(channels=channels, averaging=(5.0, 30.0), std=[50.0, 60.0, 70.0]).double()
    image = 128 + 40 * torch.randn(1, 3, 20, 20, dtype=torch.float64)
    grey = image.mean(dim=1, keepdim=True)
    patches = F.unfold(F.pad(grey, (1, 1, 1, 1), 'replicate'), 3).view(9, 20, 20)
    above = (patches - patches.mean(dim=0)) / 60
    conv = net.convs[0]
    shown = conv(net._normalized(image))[0] - conv.bias.view(-1, 1, 1)
    for half in (shown[: channels // 2], shown[channels // 2 :]):
        for number, one in enumerate(half):
            torch.testing.assert_close(one, (-1) ** (number % 9) * above[number % 9])


@pytest.mark.parametrize('seed', range(3))
def test_averaging_reaches_the_rim_of_grain_and_leaves_waves_stronger_than_its_limit(seed):
    torch.manual_seed(seed)
    net = DownsizeNet(num_convs=3, taps=4, coef_groups=3, sharpness=0.3, averaging=(8.0, 30.0))

    def averaged(image):
        """Which pixels are the mean of more than eight; without those at the ends of columns."""
        coefficients, *_ = net.coefficients(image, (60, 60))
        return (coefficients.square().sum(dim=(2, 3))[..., 5:-5, :] < 1 / 8).double()

    image = grain(55.0).clone()
    image[..., :30] = 128.0
    shares = averaged(image)
    assert shares[..., 30:32].mean() > 0.9  # the rim
    assert shares[..., 36:-5].mean() > 0.99
    assert shares[..., 5:24].mean() == 1
    place = torch.arange(60.0)
    for rows, cols in ((0.0, 1.0), (1.0, 0.0), (0.6, 0.8)):
        for period in (2.7, 4.1):
            phase = 2 * torch.pi / period * (rows * place[:, None] + cols * place)
            wave = 128 + 32 * 2**0.5 * phase.sin().expand(1, 3, 60, 60)
            assert averaged(wave).mean() == 0


def options_of(name: str) -> dict:
    """What a config gives its DownsizeNet."""
    options = Config.fromfile(CONFIGS / f'_base_/interpolators/{name}.py').interpolator
    assert options.pop('type') == 'DownsizeNet'
    return options


def test_dsnet_nearest_starts_at_the_nearest_pixel_between_its_limits_and_at_area_beyond():
    torch.manual_seed(0)
    net = DownsizeNet(**options_of('dsnet_nearest'))
    for deviation, mode in ((3.0, 'area'), (20.0, 'nearest'), (120.0, 'area')):
        image = grain(deviation)
        difference = net(image, (20, 20)) - FixedInterpolator(mode=mode)(image, (20, 20))
        assert difference.square().mean().sqrt() < 0.05 * deviation, mode


@pytest.mark.parametrize('name', ['dsnet_averaging', 'dsnet_nearest'])
@pytest.mark.parametrize('factor', [0.8, 1.1])
def test_the_limits_of_the_configs_tell_grain_from_all_other_textures_of_the_sets(factor, name):
    """And would, if training moved the higher one by as much."""
    options = options_of(name)
    weak, strong = options.pop('averaging')
    torch.manual_seed(0)
    net = DownsizeNet(**options, averaging=(weak, strong * factor))
    shares = {}
    for classes in (TEXTURE_CLASSES, MIXTURE_CLASSES):
        for number in range(12):
            image, objects = draw_scene(
                300, np.random.RandomState([4, number]), classes=classes, names=classes
            )
            batch = torch.from_numpy(image).permute(2, 0, 1)[None].float()
            coefficients, *_ = net.coefficients(batch, (90, 90))
            averaged = (coefficients.square().sum(dim=(2, 3)) < 1 / 8)[0, 0].double()
            for item in objects:
                left, top, right, bottom = (0.3 * edge for edge in item.box)
                across, down = (right - left) / 4, (bottom - top) / 4
                inner = averaged[
                    round(top + down) : round(bottom - down),
                    round(left + across) : round(right - across),
                ]
                shares.setdefault(item.name, []).append(inner.mean().item())
    for name, each in shares.items():
        assert len(each) >= 6
        if name.startswith('grainy'):
            assert np.mean(each) > 0.8 and min(each) > 0.5, name
        else:
            assert np.mean(each) < 0.1 and max(each) < 0.5, name


@pytest.mark.parametrize(('zero_mean', 'seen'), [(False, True), (True, False)])
def test_filters_of_zero_mean_see_nothing_where_the_image_is_flat(zero_mean, seen):
    flat = torch.tensor([10.0, 130.0, 250.0]).view(3, 1, 1).expand(1, 3, 20, 20)
    net = DownsizeNet(zero_mean=zero_mean)
    assert (net.texture(flat, (6, 6)).abs().max() > 1e-3) == seen
    assert net.texture(grain(40.0), (6, 6)).abs().max() > 1e-3
