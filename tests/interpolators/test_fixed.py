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


def test_area_averages_what_it_covers():
    image = torch.rand(1, 1, 6, 8)
    expected = image.view(1, 1, 2, 3, 4, 2).mean(dim=(3, 5))
    torch.testing.assert_close(FixedInterpolator('area')(image, (2, 4)), expected)


def test_unknown_mode_names_the_known_ones():
    with pytest.raises(ValueError, match="'area', 'bicubic', 'bilinear', 'nearest'.*'lanczos'"):
        FixedInterpolator('lanczos')


@pytest.mark.parametrize('mode', ['area', 'nearest'])
def test_antialias_needs_a_mode_that_knows_it(mode):
    with pytest.raises(ValueError, match='antialias=True needs'):
        FixedInterpolator(mode, antialias=True)
