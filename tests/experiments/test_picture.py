import numpy as np
import pytest
import torch

from mmdownsize import DownsizeNet, FixedInterpolator
from mmdownsize.experiments import draw_comparison

IMAGE = np.random.RandomState(0).randint(0, 256, (31, 40, 3)).astype(np.uint8)


@pytest.mark.parametrize('taps', [2, 4, 'support'])
def test_picture_shows_what_the_interpolators_make(taps):
    learned, other = DownsizeNet(taps=taps, init='random'), FixedInterpolator('area')
    axes = draw_comparison(IMAGE, (10, 13), learned=learned, other=other).axes
    source, theirs, ours, difference, *quadrants = (axis.images[0].get_array() for axis in axes)
    assert np.array_equal(source, IMAGE[..., ::-1])
    batch = torch.from_numpy(IMAGE).permute(2, 0, 1)[None].float()
    for drawn, net in ((ours, learned), (theirs, other)):
        expected = net(batch, (10, 13))[0].detach().permute(1, 2, 0).numpy()[..., ::-1]
        assert np.abs(drawn - expected).max() <= 0.5 + 1e-3
    assert np.array_equal(difference, np.abs(ours.astype(int) - theirs.astype(int)).sum(-1))
    np.testing.assert_allclose(sum(quadrants), np.ones((10, 13)), atol=1e-5)


def test_quadrants_of_two_by_two_neighbours_are_their_coefficients():
    net = DownsizeNet(init='random')
    axes = draw_comparison(IMAGE, (10, 13), learned=net, other=FixedInterpolator()).axes[4:]
    batch = torch.from_numpy(IMAGE).permute(2, 0, 1)[None].float()
    coefficients = net.coefficients(batch, (10, 13))[0][0, 0].detach().flatten(0, 1)
    for axis, coefficient in zip(axes, coefficients, strict=True):
        np.testing.assert_allclose(axis.images[0].get_array(), coefficient, atol=1e-6)


def test_picture_is_written(tmp_path):
    figure = draw_comparison(IMAGE, (9, 12), learned=DownsizeNet(), other=FixedInterpolator())
    figure.savefig(tmp_path / 'picture.png')
    assert (tmp_path / 'picture.png').stat().st_size > 10_000
