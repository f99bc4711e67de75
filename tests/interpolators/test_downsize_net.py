"""The invariants of DownsizeNet, over its options."""

import itertools
import random

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mmdownsize import DownsizeNet, FixedInterpolator
from mmdownsize.interpolators import downsize_net
from mmdownsize.interpolators.axis import _remember
from mmdownsize.ops import weighted_sum

TAPS = (2, 4, 'support')
DISTANCES = ('nearest', 'bilinear', 'offset', 'bicubic', 'antialiased')
NORMALIZERS = ('sigmoid', 'softmax')
ALL = list(itertools.product(TAPS, DISTANCES, NORMALIZERS))


def random_net(**options):
    torch.manual_seed(0)
    return DownsizeNet(init='random', **options)


def image_of(height, width, *, channels=3, batch=2):
    return 255 * torch.rand(batch, channels, height, width)


def test_as_bilinear_equals_torch_at_200_random_sizes():
    sizes = random.Random(0)
    net = DownsizeNet.as_bilinear()
    for _ in range(200):
        source, target = ((sizes.randint(1, 250), sizes.randint(1, 250)) for _ in range(2))
        image = torch.rand(1, 3, *source)
        theirs = F.interpolate(image.double(), target, mode='bilinear', align_corners=False)
        assert (net(image, target) - theirs).abs().max() <= 1e-5


@pytest.mark.parametrize('normalizer', [*NORMALIZERS, None])
@pytest.mark.parametrize('target', [(11, 17), (50, 70), (1, 1), (40, 9)])
def test_start_is_exactly_the_interpolation_of_the_distance(normalizer, target):
    image = torch.rand(2, 3, 40, 53)

    def at_start(**options):
        return DownsizeNet(normalizer=normalizer, mean=0.5, std=0.25, **options)(image, target)

    for taps in TAPS:
        bilinear = F.interpolate(image, target, mode='bilinear')
        assert (at_start(taps=taps) - bilinear).abs().max() <= 2e-5
        nearest = F.interpolate(image, target, mode='nearest-exact')
        assert (at_start(taps=taps, distance='nearest') - nearest).abs().max() <= 2e-5
    antialiased = F.interpolate(image, target, mode='bilinear', antialias=True)
    assert (at_start(taps='support', distance='antialiased') - antialiased).abs().max() <= 2e-5


@pytest.mark.parametrize(
    ('taps', 'target'), [(4, (40, 53)), (4, (17, 19)), ('support', (20, 31)), ('support', (9, 11))]
)
@pytest.mark.parametrize('normalizer', [*NORMALIZERS, None])
def test_groups_start_at_places_of_their_own(taps, target, normalizer):
    """A third of an output pixel up, down and right, down and left, as torch samples there."""
    image = torch.rand(2, 3, 40, 53)
    net = DownsizeNet(taps=taps, coef_groups=3, phase=1 / 3, normalizer=normalizer)
    small = net(image, target)
    places = [(0.0, -1.0), (0.75**0.5, 0.5), (-(0.75**0.5), 0.5)]
    for channel, place in enumerate(places):
        cols, rows = (
            2 * (torch.arange(length) + 0.5 + shift / 3) / length - 1
            for length, shift in zip(target[::-1], place, strict=True)
        )
        grid = torch.stack(torch.meshgrid(cols, rows, indexing='xy'), dim=-1)
        theirs = F.grid_sample(
            image[:, channel : channel + 1],
            grid.expand(2, -1, -1, -1),
            padding_mode='border',
            align_corners=False,
        )
        assert (small[:, channel : channel + 1] - theirs).abs().max() <= 2e-5


def test_places_beyond_the_neighbours_are_moved_to_the_last_of_them():
    image = torch.rand(1, 3, 60, 60)
    small = DownsizeNet(coef_groups=3, phase=0.5)(image, (6, 6))
    between = image[:, :, 4::10, 4::10] + image[:, :, 4::10, 5::10]
    torch.testing.assert_close(small[:, 0], between[:, 0] / 2, atol=1e-5, rtol=0)
    torch.testing.assert_close(small[:, 1], image[:, 1, 5::10, 5::10], atol=1e-5, rtol=0)
    torch.testing.assert_close(small[:, 2], image[:, 2, 5::10, 4::10], atol=1e-5, rtol=0)


@pytest.mark.parametrize('normalizer', NORMALIZERS)
@pytest.mark.parametrize(
    ('taps', 'target'),
    [(2, (60, 73)), (4, (60, 73)), (4, (25, 31)), (4, (20, 73)), (4, (18, 21)), (4, (41, 100))]
    + [('support', target) for target in ((60, 73), (18, 31), (7, 10), (1, 1), (90, 9))],
)
def test_even_coefficients_by_coverage_are_area_averaging(normalizer, taps, target):
    """To a ratio of 3 with four taps, at 0.3x, and at any ratio with all that is covered."""
    image = torch.rand(2, 3, 60, 73)[..., : 70 if target == (18, 21) else 73]
    net = DownsizeNet(taps=taps, coverage=True, normalizer=normalizer)
    for parameter in net.head.parameters():
        nn.init.zeros_(parameter)
    area = FixedInterpolator('area')(image, target)
    torch.testing.assert_close(net(image, target), area, atol=1e-5, rtol=0)


@pytest.mark.parametrize('normalizer', NORMALIZERS)
def test_coverage_weighs_what_the_logits_say(normalizer):
    """Of neighbours counted by loops, at a ratio at which some lie outside the output pixel."""
    image = image_of(30, 19)
    options = dict(taps=4, coef_groups=3, phase=0.3, normalizer=normalizer)
    net = random_net(coverage=True, **options)
    coefficients, rows, cols = net.coefficients(image, (14, 7))
    without = random_net(**options)
    without.load_state_dict(net.state_dict() | {'function': without.state_dict()['function']})
    expected = without.coefficients(image, (14, 7))[0].double()
    for taps, dim, source in ((rows, 2, 30), (cols, 3, 19)):
        ratio = source / taps.shape[1]
        for tap, pixel in itertools.product(*map(range, taps.shape)):
            index = taps[tap, pixel].item()
            covered = min(index + 1, (pixel + 1) * ratio) - max(index, pixel * ratio)
            expected.select(dim, tap).select(dim + 1, pixel).mul_(max(0.0, covered))
    expected /= expected.sum(dim=(2, 3), keepdim=True)
    torch.testing.assert_close(coefficients.double(), expected, atol=1e-5, rtol=0)


def test_a_neighbour_that_is_not_covered_takes_nothing_of_the_others():
    """Be its logit ever so high: the others' sigmoids would all be 0."""
    net = DownsizeNet(taps=4, coverage=True)
    net.head.conv.bias.data = torch.tensor([1e4, *[-300.0] * 15])  # of the upper left one
    image = image_of(8, 8)
    area = FixedInterpolator('area')(image, (4, 4))
    nn.init.zeros_(net.head.conv.weight)
    torch.testing.assert_close(net(image, (4, 4)), area, atol=1e-3, rtol=0)


def test_without_normalizer_four_taps_start_at_torchs_bicubic():
    image = torch.rand(2, 3, 40, 53)
    for target in ((11, 17), (90, 60)):
        net = DownsizeNet(taps=4, distance='bicubic', normalizer=None)
        theirs = F.interpolate(image, target, mode='bicubic')
        assert (net(image, target) - theirs).abs().max() <= 1e-5


@pytest.mark.parametrize(('taps', 'distance', 'normalizer'), ALL)
@pytest.mark.parametrize(
    'groups',
    [
        {},
        dict(coef_groups=3),
        dict(coef_groups=3, phase=0.5),
        dict(in_channels=2, coef_groups=2, phase=0.5),  # whose places reach the border
        dict(coverage=True),
    ],
)
def test_coefficients_are_convex(taps, distance, normalizer, groups):
    """Invariant 1: in [0, 1], summing to one; the output within its neighbours."""
    net = random_net(taps=taps, distance=distance, normalizer=normalizer, **groups)
    image = image_of(19, 23)[:, : groups.get('in_channels', 3)]
    coefficients, rows, cols = net.coefficients(image, (6, 9))
    assert coefficients.min() >= 0 and coefficients.max() <= 1
    sums = coefficients.sum(dim=(2, 3))
    torch.testing.assert_close(sums, torch.ones_like(sums), atol=1e-5, rtol=0)
    neighbours = image[:, :, rows.clamp(0, 18)][..., cols.clamp(0, 22)]  # (N, C, I, h, J, w)
    small = net(image, (6, 9))
    assert (small >= neighbours.amin(dim=(2, 4)) - 1e-3).all()
    assert (small <= neighbours.amax(dim=(2, 4)) + 1e-3).all()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize('taps', TAPS)
def test_autocast_keeps_coefficients_convex_and_grids_exact(dtype, taps):
    """Invariants 1 and 7: at the start, autocast changes nothing at all beyond rounding."""
    image = image_of(60, 70)
    net = DownsizeNet(taps=taps)
    _remember.cache_clear()  # what is projected once is found again
    with torch.autocast('cpu', dtype):
        small = net(image, (21, 17))
        coefficients = net.coefficients(image, (21, 17))[0]
    _remember.cache_clear()
    assert coefficients.dtype == small.dtype == torch.float32
    sums = coefficients.sum(dim=(2, 3))
    torch.testing.assert_close(sums, torch.ones_like(sums), atol=1e-5, rtol=0)
    assert torch.equal(small, net(image, (21, 17)))


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_module_stays_near_full_precision(dtype):
    image = image_of(30, 40)
    net = random_net()
    with torch.no_grad():
        exact = net(image, (9, 13))
        half = net.to(dtype)(image.to(dtype), (9, 13))
    assert half.dtype == dtype
    assert (half.float() - exact).abs().max() <= 255 * 16 * torch.finfo(dtype).eps


@pytest.mark.parametrize('taps', TAPS)
def test_constant_image_comes_out_unchanged(taps):
    """Invariant 2, first half."""
    image = torch.tensor([10.0, 128.0, 250.0]).view(1, 3, 1, 1).expand(1, 3, 20, 31)
    small = random_net(taps=taps)(image, (7, 11))
    torch.testing.assert_close(small, image[:, :, :7, :11], atol=1e-4, rtol=0)


def test_shift_and_scale_commute_with_fixed_coefficients():
    """Invariant 2, second half."""
    image = image_of(20, 31).double()
    coefficients, rows, cols = random_net().coefficients(image.float(), (7, 11))
    small = weighted_sum(image, coefficients, rows, cols)
    moved = weighted_sum(3 * image + 5, coefficients, rows, cols)
    torch.testing.assert_close(moved, 3 * small + 5, atol=1e-3, rtol=0)


@pytest.mark.parametrize(('taps', 'distance', 'normalizer'), ALL)
@pytest.mark.parametrize('groups', [{}, dict(coef_groups=2, phase=0.3, coverage=True)])
def test_gradcheck(taps, distance, normalizer, groups):
    options = dict(taps=taps, distance=distance, normalizer=normalizer, **groups)
    net = random_net(in_channels=2, channels=2, **options).double()
    image = torch.rand(1, 2, 7, 6, dtype=torch.float64, requires_grad=True)
    # coefficients are computed in float32, so differences are taken wide
    assert torch.autograd.gradcheck(
        lambda image: net(image, (3, 2)), image, eps=1e-3, atol=1e-2, rtol=1e-2
    )


def test_every_parameter_gets_a_gradient():
    for taps in TAPS:
        net = random_net(taps=taps)
        net(image_of(20, 20), (6, 6)).square().sum().backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_training_learns_what_no_fixed_interpolation_does():
    """Pick the brighter of two columns: a target that depends on the texture."""
    torch.manual_seed(0)
    net = DownsizeNet()
    optimizer = torch.optim.Adam(net.parameters(), 0.01)
    losses = []
    for _ in range(150):
        image = 255 * torch.rand(4, 1, 16, 16).expand(-1, 3, -1, -1)
        target = F.max_pool2d(image, 2)
        loss = F.l1_loss(net(image, (8, 8)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize(('source', 'target'), [(300, 90), (21, 20), (11, 10), (40, 40), (9, 30)])
@pytest.mark.parametrize('distance', DISTANCES)
def test_support_is_what_antialiasing_reads(source, target, distance):
    """Neighbours at most a scale away, whatever the distance map, by the same weights."""
    net = random_net(taps='support', distance=distance)
    coefficients, rows, _ = net.coefficients(image_of(source, 5, batch=1), (target, 5))
    weights = coefficients[0, 0].sum(dim=(1, 3))  # (I, h)
    centre = (torch.arange(target) + 0.5) * source / target - 0.5
    away = (rows - centre).abs() > max(source / target, 1) + 1e-4
    assert weights[away].sum() == 0
    assert (weights.sum(0) - 5).abs().max() < 1e-4


@pytest.mark.parametrize('channels', [1, 3, 5, 64])
def test_feature_maps_of_any_channel_count(channels):
    net = DownsizeNet(in_channels=channels, coef_groups=channels)
    features = torch.randn(2, channels, 14, 10)
    theirs = F.interpolate(features, (7, 5), mode='bilinear')
    torch.testing.assert_close(net(features, (7, 5)), theirs, atol=1e-4, rtol=0)


def test_mean_and_std_touch_the_texture_alone():
    one, other = DownsizeNet(mean=0, std=1), DownsizeNet(mean=100, std=50)
    image = image_of(20, 20)
    assert torch.equal(one(image, (6, 6)), other(image, (6, 6)))


def test_sharpness_softens_the_start():
    image = image_of(20, 20)
    sharp, soft = (
        DownsizeNet(sharpness=sharpness).coefficients(image, (6, 6))[0].var(dim=(2, 3)).mean()
        for sharpness in (1.0, 0.25)
    )
    assert soft < 0.5 * sharp


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(taps=2.0), "taps is one of 2, 4, 'support', got 2.0"),
        (dict(normalizer=None, sharpness=0.5), 'sharpness=0.5 needs a normalizer'),
        (dict(mean=float('nan')), 'mean is finite'),
        (dict(taps=3), "taps is one of 2, 4, 'support', got 3"),
        (dict(distance='city'), 'distance is one of'),
        (dict(normalizer='relu'), 'normalizer is one of'),
        (dict(init='zero'), 'init is one of'),
        (dict(num_convs=0), 'num_convs is a whole number of at least 1, got 0'),
        (dict(channels=2.5), 'channels is a whole number'),
        (dict(coef_groups=2), 'coef_groups divides in_channels=3, got 2'),
        (dict(phase=0.3), 'phase=0.3 needs groups'),
        (dict(phase=0.6, coef_groups=3), 'phase is from 0 to 0.5'),
        (dict(phase=float('nan'), coef_groups=3), 'phase is from 0 to 0.5'),
        (dict(coverage=True, normalizer=None), 'coverage=True needs a normalizer'),
        (dict(sharpness=0.0), 'sharpness is a finite number'),
        (dict(averaging=9.0), 'averaging is two standard deviations, .* got 9.0'),
        (dict(averaging=(9.0, 9.0)), 'the weak one greater than 0 and less than the strong one'),
        (dict(averaging=(0, 9.0)), r'got \(0, 9.0\)'),
        (dict(averaging=(1.0, 9.0), normalizer='softmax'), "needs .* got 'softmax'"),
        (dict(averaging=(1.0, 9.0), num_convs=1), 'needs num_convs of at least 2, got 1'),
        (dict(averaging=(1.0, 9.0), channels=1), 'needs channels of at least 2, got 1'),
        (dict(sharpness='x'), "sharpness is a finite number greater than 0, got 'x'"),
        (dict(phase='x', coef_groups=3), "phase is from 0 to 0.5 output pixels, got 'x'"),
        (dict(mean='imagenet'), "mean is one number or 3, one a channel; got 'imagenet'"),
        (dict(sharpness=float('nan')), 'sharpness is a finite number'),
        (dict(mean=(1, 2)), 'mean is one number or 3'),
        (dict(std=0.0), 'std is greater than 0'),
    ],
)
def test_option_out_of_range_says_what_was_expected(options, message):
    with pytest.raises(ValueError, match=message):
        DownsizeNet(**options)


@pytest.mark.parametrize(
    'options', [dict(coef_groups=1), dict(num_convs=3), dict(channels=8), dict(taps=2)]
)
def test_weights_of_other_shapes_are_refused_where_mmengine_would_load_a_part(options, tmp_path):
    ours = dict(taps=4, coef_groups=3)
    checkpoint = tmp_path / 'net.pth'
    torch.save(DownsizeNet(**ours).state_dict(), checkpoint)
    init_cfg = dict(type='Pretrained', checkpoint=str(checkpoint))
    DownsizeNet(**ours, init_cfg=init_cfg).init_weights()
    with pytest.raises(RuntimeError, match='of another interpolator .* here .* Build it with'):
        DownsizeNet(**ours | options, init_cfg=init_cfg).init_weights()


def test_learned_interpolator_starts_in_a_model_that_had_a_fixed_one_but_is_not_lost_in_one():
    def model(interpolator):
        return nn.Sequential(nn.Conv2d(3, 3, 1), interpolator)

    learned, fixed = model(DownsizeNet()), model(FixedInterpolator())
    learned.load_state_dict(fixed.state_dict(), strict=False)
    with pytest.raises(RuntimeError, match='of another interpolator than this FixedInterpolator'):
        fixed.load_state_dict(learned.state_dict(), strict=False)


def test_bands_are_smaller_where_many_channels_are_gathered(monkeypatch):
    asked = []
    monkeypatch.setattr(
        downsize_net, 'interpolate_in_bands', lambda *_, channels, **__: asked.append(channels)
    )
    for options in (dict(), dict(in_channels=64), dict(in_channels=64, coef_groups=64)):
        net = DownsizeNet(**options, taps='support')
        net(torch.rand(1, net.in_channels, 20, 20), (6, 6))
    assert asked == [16, 256, 256]


def test_what_the_weights_mean_is_saved_but_no_buffer():
    """Hooks average buffers over processes and epochs."""
    net = DownsizeNet()
    assert 'function' in net.state_dict() and 'function' not in dict(net.named_buffers())
    other = DownsizeNet()
    assert not other.load_state_dict(net.state_dict()).unexpected_keys


def test_parameter_count_is_the_papers():
    """Two 3x3 convolutions of 16 channels, and 16 + 4 channels to 4 by a 1x1 convolution."""
    expected = (3 * 9 * 16 + 16) + (16 * 9 * 16 + 16) + (20 * 4 + 4)
    assert sum(parameter.numel() for parameter in DownsizeNet().parameters()) == expected


@pytest.mark.parametrize('dtype', [torch.float64, torch.bfloat16])
@pytest.mark.parametrize(
    'options', [dict(taps=2), dict(taps='support'), dict(taps=4, coverage=True)]
)
def test_default_dtype_of_torch_does_not_matter(options, dtype):
    net, image = DownsizeNet(**options, init='random'), 255 * torch.rand(1, 3, 20, 30)
    _remember.cache_clear()  # what is projected once is found again
    expected, coefficients = net(image, (6, 9)), net.coefficients(image, (6, 9))[0]
    _remember.cache_clear()
    torch.set_default_dtype(dtype)
    try:
        assert torch.equal(net(image, (6, 9)), expected)
        again = net.coefficients(image, (6, 9))[0]
        assert again.dtype == torch.float32 and torch.equal(again, coefficients)
    finally:
        torch.set_default_dtype(torch.float32)
        _remember.cache_clear()
