import numpy as np
import pytest
import torch

from mmdownsize import DownsizeNet, FixedInterpolator
from mmdownsize.experiments.crops import draw_crops, pixels_in_use

IMAGE = np.random.RandomState(0).randint(0, 256, (40, 60, 3)).astype(np.uint8)
NETS = dict(area=FixedInterpolator('area'), ours=DownsizeNet(init='random', coef_groups=3))


def arrays(figure):
    return [[image.get_array() for image in axis.images] for axis in figure.axes]


def test_crop_is_cut_out_of_the_whole_downsized_image():
    figure = draw_crops(IMAGE, (12, 18), NETS, crop=(10, 20, 20, 30))
    (first,), (source,), nothing, (ours,), (difference,), (spread,) = arrays(figure)
    assert not nothing and np.array_equal(source, IMAGE[10:30, 20:50, ::-1])
    batch = torch.from_numpy(IMAGE).permute(2, 0, 1)[None].float()
    for drawn, net in ((first, NETS['area']), (ours, NETS['ours'])):
        whole = net(batch, (12, 18))[0].detach().permute(1, 2, 0).numpy()[..., ::-1]
        assert np.abs(drawn - whole[3:9, 6:15]).max() <= 0.5 + 1e-3
    assert np.array_equal(difference, np.abs(ours.astype(int) - first.astype(int)).sum(-1))
    assert spread.shape == (6, 9)
    title = f'pixels in use, {spread.min():.1f} to {spread.max():.1f}'
    assert figure.axes[-1].get_title() == title


def test_pixels_in_use_are_those_with_equal_weights():
    batch = torch.rand(1, 3, 40, 60)
    net = DownsizeNet(taps='support', distance='antialiased', sharpness=1e-6)
    rows, cols = (net._axes(batch, (10, 15))[axis].inside.sum(0) for axis in (0, 1))
    expected = rows[:, None] * cols
    used = pixels_in_use(net.requires_grad_(False), batch, (10, 15))
    np.testing.assert_allclose(used, expected, rtol=1e-3)
    sharp = DownsizeNet(sharpness=50).requires_grad_(False)
    odd = pixels_in_use(sharp, torch.rand(1, 3, 9, 9), (3, 3))  # at a ratio of 3 P is the centre
    np.testing.assert_allclose(odd, np.ones((3, 3)), rtol=1e-4)


@pytest.mark.parametrize('crop', [(-1, 0, 5, 5), (0, 0, 0, 5), (30, 0, 11, 5), (0, 50, 5, 11)])
def test_crop_outside_the_image_is_refused(crop):
    with pytest.raises(ValueError, match='crop is top, left, height, width within'):
        draw_crops(IMAGE, (12, 18), NETS, crop=crop)


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match='at least one'):
        draw_crops(IMAGE, (12, 18), {}, crop=(0, 0, 5, 5))
