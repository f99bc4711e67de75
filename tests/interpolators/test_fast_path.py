"""Invariant 3: what runs equals the plain path, forward and gradient, and keeps no large map."""

import pytest
import torch

from mmdownsize import DownsizeNet
from mmdownsize.interpolators import axis, bands
from mmdownsize.ops import weighted_sum

SMALL = 2**12


def plain(net, image, size):
    """Dense convolutions on normalized images, floating point pooling, taps of whole images."""
    coefficients, rows, cols = net.coefficients(image, size)
    return weighted_sum(image, coefficients, rows, cols)


def gradients(net, small):
    net.zero_grad()
    (small / 255).square().sum().backward()
    return {name: parameter.grad.clone() for name, parameter in net.named_parameters()}


def assert_equal(net, image, size):
    with torch.no_grad():
        fast, slow = net(image, size), plain(net, image, size)
    assert (fast - slow).abs().max() <= 1e-4 * slow.abs().max()
    # In float32, a feature near zero may fall on either side of its ReLU.
    net, image = net.double(), image.double()
    ours, theirs = (gradients(net, small) for small in (net(image, size), plain(net, image, size)))
    for name, gradient in theirs.items():
        assert (ours[name] - gradient).abs().max() <= 1e-4 * gradient.abs().max(), name


@pytest.fixture(params=['whole', 'banded'])
def band(request, monkeypatch):
    """In one band, and in bands of a few rows of one image."""
    if request.param == 'banded':
        monkeypatch.setitem(bands._BAND, 'cpu', SMALL)


@pytest.mark.parametrize('num_convs', [1, 2, 3, 4])
@pytest.mark.parametrize('target', [(1, 1), (2, 3), (9, 14), (11, 16), (4, 6), (24, 40), (60, 50)])
def test_any_ratio_and_depth(num_convs, target, band):
    torch.manual_seed(0)
    net = DownsizeNet(num_convs=num_convs, init='random')
    assert_equal(net, 255 * torch.rand(2, 3, 33, 48), target)


@pytest.mark.parametrize('taps', [2, 4, 'support'])
@pytest.mark.parametrize('normalizer', ['sigmoid', 'softmax', None])
def test_any_neighbourhood(taps, normalizer, band):
    torch.manual_seed(0)
    options = dict(distance='antialiased', coef_groups=3, normalizer=normalizer)
    for phase in (0.0, 0.4):
        net = DownsizeNet(taps=taps, init='random', phase=phase, **options)
        assert_equal(net, 255 * torch.rand(3, 3, 50, 37), (13, 11))


@pytest.mark.parametrize('taps', [2, 4, 'support'])
@pytest.mark.parametrize('normalizer', ['sigmoid', 'softmax'])
@pytest.mark.parametrize('target', [(13, 11), (40, 90)])
def test_coverage(taps, normalizer, target, band):
    torch.manual_seed(0)
    net = DownsizeNet(taps=taps, init='random', normalizer=normalizer, coverage=True)
    assert_equal(net, 255 * torch.rand(3, 3, 50, 37), target)


@pytest.mark.parametrize('taps', [2, 4, 'support'])
def test_start_that_averages(taps, band):
    # Heads are of float32: with some weights most of a gradient cancels, and rounding is left.
    torch.manual_seed(1)
    net = DownsizeNet(taps=taps, coef_groups=3, phase=0.3, averaging=(5.0, 30.0))
    image = 255 * torch.rand(2, 3, 50, 37)
    image *= torch.linspace(0.2, 1, 37)  # some is averaged, some is not, some is between
    assert_equal(net, image, (13, 11))


def test_gradient_of_a_feature_map(band):
    torch.manual_seed(0)
    net = DownsizeNet(5, init='random').double()
    features = torch.rand(2, 5, 31, 20, dtype=torch.float64, requires_grad=True)
    weight = torch.rand(2, 5, 9, 7)
    ours, theirs = (
        torch.autograd.grad((weight * function(features, (9, 7))).sum(), features)[0]
        for function in (net, lambda *args: plain(net, *args))
    )
    assert (ours - theirs).abs().max() <= 1e-6


def test_a_band_depends_on_nothing_beyond_its_halo(monkeypatch):
    """Each part comes out as in the whole, to the last bits of float64."""
    net = DownsizeNet(num_convs=4, init='random').double()
    image = torch.rand(3, 3, 301, 40, dtype=torch.float64)
    whole = net(image, (90, 12))
    monkeypatch.setitem(bands._BAND, 'cpu', SMALL)
    assert (net(image, (90, 12)) - whole).abs().max() <= 1e-6


def test_a_band_of_neighbours_outside_the_image_reads_around_the_first_pixel():
    axis = bands.Axis.recall(torch.rand(1, 1, 10, 1), 2, 40, taps=2, distance='bilinear')
    read, part = axis.part(0, 1, halo=2)
    assert part.first.tolist() == [-1] and (read.start, read.stop) == (0, 3)


def test_axes_are_found_once_for_each_size_and_place():
    image = torch.rand(1, 3, 30, 40)
    options = dict(taps='support', distance='bilinear')
    axis = bands.Axis.recall(image, 2, 9, **options)
    assert bands.Axis.recall(torch.rand(2, 1, 30, 8), 2, 9, **options) is axis
    others = [
        bands.Axis.recall(image, 3, 9, **options),
        bands.Axis.recall(image, 2, 8, **options),
        bands.Axis.recall(image, 2, 9, **options | dict(distance='bicubic')),
        bands.Axis.recall(image, 2, 9, **options | dict(taps=2)),
        bands.Axis.recall(image, 2, 9, **options, shifts=(0.0, 0.3)),
        bands.Axis.recall(image, 2, 9, **options, coverage=True),
        bands.Axis.recall(image.to('meta'), 2, 9, **options),
        bands.Axis.recall(torch.nn.Parameter(image), 2, 9, **options),
    ]
    assert all(other is not axis for other in others)
    assert others[-2].first.device.type == 'meta'


def test_axes_found_in_inference_serve_training():
    image = torch.rand(1, 3, 31, 47)
    with torch.inference_mode():
        axis = bands.Axis.recall(image, 2, 9, taps=2, distance='bilinear')
    for tensor in (axis.first, axis.taps, axis.share, axis.weights, axis.spread):
        assert not tensor.is_inference()  # which no gradient could keep


def test_what_is_found_of_fake_tensors_is_not_kept():
    from torch._subclasses.fake_tensor import FakeTensorMode

    net = DownsizeNet()
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        fake = net(mode.from_tensor(torch.rand(1, 3, 29, 43)), (9, 13))
    assert fake.shape == (1, 3, 9, 13)
    assert type(net(torch.rand(1, 3, 29, 43), (9, 13))) is torch.Tensor


def test_training_keeps_no_map_of_the_input_size():
    kept = []
    image = torch.rand(1, 3, 200, 200)
    net = DownsizeNet(num_convs=3)
    with torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: kept.append(tensor) or tensor, lambda tensor: tensor
    ):
        small = net(image, (60, 60))
    storage = image.untyped_storage().data_ptr()
    own = [tensor for tensor in kept if tensor.untyped_storage().data_ptr() != storage]
    assert max(tensor.numel() for tensor in own) == 3 * 4 * 60 * 60  # the neighbours themselves
    small.sum().backward()


def test_frozen_interpolator_keeps_nothing():
    net = DownsizeNet().requires_grad_(False)
    assert not net(torch.rand(1, 3, 40, 40), (12, 12)).requires_grad


def test_image_that_is_cut_across_images_and_rows_covers_all_pixels(monkeypatch):
    """As many parts as there is room for, and each pixel by one of them."""
    calls = []

    def record(image, rows, cols):
        calls.append((len(image), len(rows.first)))
        return image[:, :, rows.first.clamp(min=0)][..., cols.first.clamp(min=0)]

    monkeypatch.setitem(bands._BAND, 'cpu', SMALL)
    image = torch.rand(3, 1, 64, 16)
    rows, cols = (
        bands.Axis.recall(image, dim, target, taps=2, distance='bilinear')
        for dim, target in ((2, 20), (3, 5))
    )
    small = bands.interpolate_in_bands(record, image, rows, cols, halo=1, channels=4)
    assert torch.equal(small, image[:, :, rows.first][..., cols.first])
    assert len(calls) > 3 and sum(images * height for images, height in calls) == 3 * 20


@pytest.mark.parametrize('target', [90, 30, 4])
def test_bands_of_a_support_hold_all_that_it_reads(target):
    """At a large ratio it reads far more of the image than what is around each place."""
    held = []

    def record(image, rows, cols):
        held.append(image[:, :1].nbytes)
        return image.new_zeros(len(image), 1, len(rows.first), len(cols.first))

    image = torch.rand(1, 3, 300, 400)
    rows, cols = (
        bands.Axis.recall(image, dim, target, taps='support', distance='antialiased')
        for dim in (2, 3)
    )
    bands.interpolate_in_bands(record, image, rows, cols, halo=2, channels=256)
    # A band of one output row is as small as there is; beside its rows, those of the halo.
    least = 400 * 4 * 2 * (rows.radius + 2)
    assert max(held) <= max(least, bands._BAND['cpu'] / 256 + least)


@pytest.mark.parametrize(
    'options', [{}, dict(taps='support', coef_groups=3), dict(num_convs=4, coverage=True)]
)
def test_compiles_without_a_graph_break_to_the_same_numbers(options):
    torch._dynamo.reset()
    net = DownsizeNet(init='random', **options).double()
    image = 255 * torch.rand(2, 3, 40, 50, dtype=torch.float64)
    compiled = torch.compile(net, fullgraph=True, backend='aot_eager')
    ours, theirs = compiled(image, (12, 15)), net(image, (12, 15))
    torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-5)
    ours, theirs = gradients(net, ours), gradients(net, theirs)
    for name, gradient in theirs.items():
        assert (ours[name] - gradient).abs().max() <= 1e-4 * gradient.abs().max(), name


class Downsize(torch.nn.Module):
    """A DownsizeNet of one size of result, as what traces takes tensors alone."""

    def __init__(self, **options):
        super().__init__()
        self.net = DownsizeNet(init='random', **options)

    def forward(self, image):
        return self.net(image, (12, 15))


EACH_TAPS = [{}, dict(taps=4), dict(taps='support', coef_groups=3)]


@pytest.mark.filterwarnings('ignore::torch.jit.TracerWarning')  # sizes are constants in a trace
@pytest.mark.parametrize('options', EACH_TAPS)
def test_jit_traces_to_the_same_numbers_and_keeps_nothing(options):
    module = Downsize(**options)
    axis._remember.cache_clear()
    with torch.no_grad():
        # Its own check would run the module untraced, too, and keep what that finds.
        traced = torch.jit.trace(module, torch.rand(2, 3, 40, 50), check_trace=False)
        assert axis._remember.cache_info().currsize == 0
        image = 255 * torch.rand(2, 3, 40, 50)
        torch.testing.assert_close(traced(image), module(image))


@pytest.mark.parametrize('options', EACH_TAPS)
def test_exports_for_any_number_of_images(options):
    module = Downsize(**options)
    shapes = ({0: torch.export.Dim('batch')},)
    program = torch.export.export(module, (torch.rand(2, 3, 40, 50),), dynamic_shapes=shapes)
    image = 255 * torch.rand(5, 3, 40, 50)
    torch.testing.assert_close(program.module()(image), module(image))
