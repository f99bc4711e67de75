import itertools

import cv2
import pytest
import torch
import torch.nn.functional as F
from mmengine.registry import MODELS

from mmdownsize import FixedInterpolator

SIZES = [((30, 50), (9, 15)), ((7, 9), (20, 33)), ((1, 40), (1, 12)), ((40, 1), (12, 3))]


@pytest.mark.parametrize(('source', 'target'), SIZES)
@pytest.mark.parametrize(
    ('mode', 'antialias'),
    [('bilinear', False), ('bilinear', True), ('bicubic', False), ('bicubic', True)],
)
def test_fixed_interpolator_is_torchs(source, target, mode, antialias):
    image = torch.rand(2, 3, *source)
    ours = MODELS.build(dict(type='FixedInterpolator', mode=mode, antialias=antialias))
    theirs = F.interpolate(image, target, mode=mode, antialias=antialias, align_corners=False)
    assert torch.equal(ours(image, target), theirs)


def test_nearest_takes_the_pixel_under_the_centre():
    image = torch.arange(10.0).view(1, 1, 1, 10)
    assert FixedInterpolator('nearest')(image, (1, 3)).flatten().tolist() == [1, 5, 8]


@pytest.mark.parametrize(('source', 'target'), [((6, 8), (2, 4)), ((30, 40), (10, 8))])
def test_area_is_torchs_at_whole_ratios(source, target):
    image = torch.rand(2, 3, *source)
    expected = F.interpolate(image, target, mode='area')
    torch.testing.assert_close(FixedInterpolator('area')(image, target), expected)


@pytest.mark.parametrize(
    ('source', 'target'),
    [((300, 300), (90, 90)), ((97, 131), (29, 41)), ((10, 7), (10, 3)), ((1, 40), (1, 12))],
)
def test_area_is_cv2s_at_any_ratio(source, target):
    image = torch.rand(1, 3, *source)
    array = image[0].permute(1, 2, 0).contiguous().numpy()
    expected = cv2.resize(array, target[::-1], interpolation=cv2.INTER_AREA)
    ours = FixedInterpolator('area')(image, target)[0].permute(1, 2, 0)
    torch.testing.assert_close(ours, torch.from_numpy(expected), atol=2e-6, rtol=0)


@pytest.mark.parametrize('mode', ['bilinear', 'area', 'nearest'])
def test_through_has_the_detail_of_a_smaller_image(mode):
    image = torch.rand(1, 3, 30, 50)
    small = FixedInterpolator(mode)(image, (9, 15))
    expected = F.interpolate(small, (18, 30), mode='bilinear')
    assert torch.equal(FixedInterpolator(mode, through=0.5)(image, (18, 30)), expected)
    assert FixedInterpolator(mode, through=0.1)(image, (2, 3)).shape == (1, 3, 2, 3)


@pytest.mark.parametrize('share', [0, 1.5, -1, float('nan'), 'half'])
def test_through_is_a_share(share):
    with pytest.raises(ValueError, match='above 0 and at most 1'):
        FixedInterpolator(through=share)


@pytest.mark.parametrize(('source', 'target'), [((10, 7), (4, 3)), ((5, 3), (8, 7))])
def test_area_counts_pixels_by_what_is_covered_of_them(source, target):
    image = torch.rand(1, 1, *source, dtype=torch.float64, requires_grad=True)
    expected = torch.zeros(1, 1, *target, dtype=torch.float64)
    rows, cols = (shares(s, t) for s, t in zip(source, target, strict=True))
    for y, x in itertools.product(*map(range, target)):
        for i, j in itertools.product(*map(range, source)):
            expected[0, 0, y, x] += rows[y][i] * cols[x][j] * image[0, 0, i, j].item()
    ours = FixedInterpolator('area')
    torch.testing.assert_close(ours(image, target), expected, atol=1e-12, rtol=0)
    assert torch.autograd.gradcheck(lambda x: ours(x, target), image)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize(('source', 'target'), [((30, 300), (10, 90)), ((2000, 5), (4, 3))])
def test_area_keeps_constants_in_half_precision(source, target, dtype):
    image = torch.full((1, 1, *source), 200.0, dtype=dtype)
    assert torch.equal(
        FixedInterpolator('area')(image, target), image[..., :1, :1].expand(1, 1, *target)
    )


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize('mode', ['bilinear', 'bicubic'])
def test_antialiasing_in_half_precision_is_that_of_full_precision_rounded(mode, dtype):
    image = torch.rand(1, 3, 20, 20).to(dtype)
    ours = FixedInterpolator(mode, antialias=True)(image, (7, 7))
    expected = F.interpolate(image.float(), (7, 7), mode=mode, antialias=True)
    assert torch.equal(ours, expected.to(dtype))


def shares(source: int, target: int) -> list[list[float]]:
    """Of each output pixel of an axis, how much of it each input pixel is."""
    ratio = source / target
    return [
        [max(0.0, min(i + 1, (o + 1) * ratio) - max(i, o * ratio)) / ratio for i in range(source)]
        for o in range(target)
    ]


def test_unknown_mode_names_the_known_ones():
    with pytest.raises(ValueError, match="'area', 'bicubic', 'bilinear', 'nearest'.*'lanczos'"):
        FixedInterpolator('lanczos')


@pytest.mark.parametrize('mode', ['area', 'nearest'])
def test_antialias_needs_a_mode_that_knows_it(mode):
    with pytest.raises(ValueError, match='antialias=True needs'):
        FixedInterpolator(mode, antialias=True)
