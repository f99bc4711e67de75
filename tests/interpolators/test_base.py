"""What every interpolator refuses, and says about it."""

import pytest
import torch

from mmdownsize import MULLER, DownsizeNet, FixedInterpolator, LearnedResizer

IMAGE = torch.rand(1, 3, 8, 8)


@pytest.fixture(params=[DownsizeNet, FixedInterpolator, LearnedResizer, MULLER])
def interpolator(request):
    return request.param()


@pytest.mark.parametrize('size', [(0, 4), (4, -1), (0, 0)])
def test_size_below_one_is_refused(interpolator, size):
    with pytest.raises(ValueError, match='height and a width of at least 1'):
        interpolator(IMAGE, size)


@pytest.mark.parametrize('size', [(2.5, 4), (float('nan'), 4), (4,), 4, (True, 4), ('4', '4')])
def test_size_that_is_not_whole_pixels_is_refused(interpolator, size):
    with pytest.raises(TypeError, match='whole pixels'):
        interpolator(IMAGE, size)


def test_integer_image_is_refused(interpolator):
    with pytest.raises(TypeError, match=r'torch.int16: call .float\(\)'):
        interpolator(IMAGE.short(), (4, 4))


def test_bytes_give_what_their_floats_give(interpolator):
    image = (255 * IMAGE).byte()
    small = interpolator(image, (4, 4))
    assert small.dtype == torch.float32
    assert torch.equal(small, interpolator(image.float(), (4, 4)))


@pytest.mark.parametrize('shape', [(3, 8, 8), (1, 3, 0, 8), (0, 3, 8, 8)])
def test_shape_that_is_no_batch_of_images_is_refused(interpolator, shape):
    with pytest.raises(ValueError, match=r'non-empty image of shape \(N, C, H, W\)'):
        interpolator(torch.rand(shape), (4, 4))


@pytest.mark.parametrize('interpolator', [DownsizeNet, LearnedResizer])
@pytest.mark.parametrize('channels', [1, 2, 4])
def test_wrong_channel_count_says_what_to_change(interpolator, channels):
    with pytest.raises(ValueError, match=f'3 channels, the image has {channels}.*color_type'):
        interpolator()(torch.rand(1, channels, 8, 8), (4, 4))


def test_channels_in_the_last_place_say_where_they_belong():
    with pytest.raises(ValueError, match=r'the image has 8: permute images to \(C, H, W\)'):
        DownsizeNet()(torch.rand(1, 8, 8, 3), (4, 4))


@pytest.mark.parametrize(
    ('kind', 'theirs', 'ours'),
    [
        (DownsizeNet, dict(normalizer='softmax'), dict(normalizer='sigmoid')),
        (DownsizeNet, dict(coef_groups=3), dict(coef_groups=3, phase=0.3)),
        (DownsizeNet, dict(), dict(coverage=True)),
        (LearnedResizer, dict(mean=0.0, std=1.0), dict()),
        (MULLER, dict(scale=1.0), dict(scale=255.0)),
        (MULLER, dict(sigma=3.0), dict()),
    ],
)
def test_weights_that_mean_something_else_are_refused(kind, theirs, ours):
    weights = kind(**theirs).state_dict()
    kind(**theirs).load_state_dict(weights)
    with pytest.raises(RuntimeError, match=f'belong to .* this {kind.__name__} is built with'):
        kind(**ours).load_state_dict(weights)
    kind(**ours).half().load_state_dict(kind(**ours).state_dict())  # it is what it was built as


@pytest.mark.parametrize('source', [(1, 1), (1, 20), (20, 1), (3, 2)])
@pytest.mark.parametrize('target', [(1, 1), (4, 5), (30, 30)])
@pytest.mark.parametrize('taps', [2, 4, 'support'])
def test_thin_and_small_images_stay_in_their_range(source, target, taps):
    image = torch.rand(2, 3, *source)
    small = DownsizeNet(taps=taps, init='random')(image, target)
    assert small.shape == (2, 3, *target)
    assert image.min() - 1e-6 <= small.min() and small.max() <= image.max() + 1e-6
