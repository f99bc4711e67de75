"""The fused kernels against the plain path: on a GPU, or in Triton's interpreter.

Run by test_fused.py, or alone: ``TRITON_INTERPRET=1 pytest tests/ops/fused_kernels.py``.
"""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from mmdownsize import DownsizeNet
from mmdownsize.ops import conv_float_pool, float_pool, fuses, fusion, project

DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'


@pytest.fixture(autouse=True)
def full_float32():
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


def skip_what_the_interpreter_cannot_multiply(dtype):
    if (DEVICE, dtype) == ('cpu', torch.bfloat16):
        pytest.skip("Triton's interpreter multiplies the bit patterns of bfloat16 matrices")


def convs_of(channels, *, width=16):
    sizes = ((channels, width), (width, width))
    return [
        (torch.randn(o, i, 3, 3, device=DEVICE) / (3 * i**0.5), torch.randn(o, device=DEVICE))
        for i, o in sizes
    ]


def plain_texture(image, weights, rows, cols):
    for weight, bias in weights:
        padded = torch.nn.functional.pad(image, (1, 1, 1, 1), mode='replicate')
        image = torch.nn.functional.conv2d(padded, weight, bias).relu()
    return float_pool(image, rows, cols)


@pytest.mark.parametrize(('channels', 'width'), [(3, 16), (1, 16), (5, 32)])
@pytest.mark.parametrize('target', [(1, 1), (7, 11), (4, 30)])
def test_texture_and_its_gradients_equal_dense_convolutions(channels, width, target):
    from mmdownsize.ops.fused import conv2_float_pool

    weights = convs_of(channels, width=width)
    leaves = [tensor.requires_grad_() for pair in weights for tensor in pair]
    image = torch.randn(2, channels, 23, 37, device=DEVICE)
    rows, cols = (
        project(source, length, device=DEVICE)[0]
        for source, length in zip((23, 37), target, strict=True)
    )
    ours = conv2_float_pool(image, weights, rows, cols)
    theirs = plain_texture(image, weights, rows, cols)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)
    given = torch.randn_like(theirs)
    for one, other in zip(
        torch.autograd.grad(ours, leaves, given),
        torch.autograd.grad(theirs, leaves, given),
        strict=True,
    ):
        assert (one - other).abs().max() <= 1e-4 * other.abs().max()


def assert_one_pass_equals_the_plain_path(net):
    image = 255 * torch.rand(2, 3, 33, 40, device=DEVICE)
    image[..., 20:] *= 0.2  # and weaker texture
    with torch.no_grad():
        ours = net(image, (10, 13))
        coefficients, rows, cols = net.coefficients(image, (10, 13))
        taps = image[:, :, rows.clamp(0, 32)][..., cols.clamp(0, 39)]  # (N, C, I, h, J, w)
        weights = coefficients.permute(0, 1, 2, 4, 3, 5).expand(-1, 3, -1, -1, -1, -1)
        theirs = (taps * weights).sum(dim=(2, 4))
    assert (ours - theirs).abs().max() <= 1e-4 * theirs.abs().max()


@pytest.mark.parametrize('taps', [2, 4])
@pytest.mark.parametrize('normalizer', ['sigmoid', 'softmax', None])
@pytest.mark.parametrize('coef_groups', [1, 3])
def test_downsizing_in_one_pass_equals_the_plain_path(taps, normalizer, coef_groups):
    options = dict(taps=taps, normalizer=normalizer, coef_groups=coef_groups, init='random')
    net = DownsizeNet(**options, phase=0.4 if coef_groups > 1 else 0.0).to(DEVICE)
    assert_one_pass_equals_the_plain_path(net)


def test_coverage_which_no_kernel_knows_goes_the_plain_path():
    net = DownsizeNet(taps=4, coef_groups=3, coverage=True, init='random').to(DEVICE)
    assert not net.reads_bytes(torch.rand(1, 3, 33, 40, device=DEVICE))
    assert_one_pass_equals_the_plain_path(net)


@pytest.mark.parametrize('taps', [2, 4])
def test_logits_far_from_zero_are_those_of_the_plain_path(taps):
    net = DownsizeNet(taps=taps, coef_groups=3, phase=0.3, averaging=(5.0, 30.0)).to(DEVICE)
    assert_one_pass_equals_the_plain_path(net)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize('mode', ['autocast', 'module'])
def test_half_precision_stays_near_full_precision(dtype, mode):
    if mode == 'autocast':
        skip_what_the_interpreter_cannot_multiply(dtype)
    net = DownsizeNet(init='random').to(DEVICE)
    image = 255 * torch.rand(1, 3, 30, 40, device=DEVICE)
    with torch.no_grad():
        exact = net(image, (9, 13))
        if mode == 'autocast':
            with torch.autocast(DEVICE, dtype):
                small = net(image, (9, 13))
            assert small.dtype == torch.float32
        else:
            small = net.to(dtype)(image.to(dtype), (9, 13))
            assert small.dtype == dtype
    assert (small.float() - exact).abs().max() <= 255 * 2 * torch.finfo(dtype).eps


def test_bytes_are_read_as_they_are(monkeypatch):
    import mmdownsize.ops.fused as fused

    read, original = [], fused.downsize
    monkeypatch.setattr(
        fused, 'downsize', lambda image, *a, **k: read.append(image) or original(image, *a, **k)
    )
    net = DownsizeNet(init='random').to(DEVICE).requires_grad_(False)
    image = torch.randint(0, 256, (1, 3, 30, 40), dtype=torch.uint8, device=DEVICE)
    assert torch.equal(net(image, (9, 13)), net(image.float(), (9, 13)))
    assert [one.dtype for one in read] == [torch.uint8, torch.float32]


def test_training_goes_through_the_kernels(monkeypatch):
    import mmdownsize.ops.fused as fused

    calls, original = [], fused.conv2_float_pool
    monkeypatch.setattr(
        fused, 'conv2_float_pool', lambda *args: calls.append(args) or original(*args)
    )
    net = DownsizeNet(init='random').to(DEVICE)
    image = 255 * torch.rand(1, 3, 30, 40, device=DEVICE)
    (net(image, (9, 12)) / 255).square().sum().backward()
    ours = [parameter.grad.clone() for parameter in net.parameters()]
    assert calls
    net.zero_grad()
    monkeypatch.setattr(fusion, '_DTYPES', ())
    (net(image, (9, 12)) / 255).square().sum().backward()
    for one, parameter in zip(ours, net.parameters(), strict=True):
        assert (one - parameter.grad).abs().max() <= 1e-4 * parameter.grad.abs().max()


def test_what_the_kernels_cannot_do_goes_the_other_way(monkeypatch):
    image = torch.rand(1, 3, 20, 20, device=DEVICE)
    assert fuses(image, convs_of(3))
    assert not fuses(image, convs_of(3)[:1])
    assert not fuses(image, convs_of(3, width=24))
    assert not fuses(image, convs_of(3, width=128))
    assert not fuses(image, convs_of(8))
    assert fuses(image, convs_of(7, width=64))
    assert not fuses(image.double(), convs_of(3))
    assert not fuses(image.clone().requires_grad_(), convs_of(3))
    with FakeTensorMode() as mode:
        assert not fuses(mode.from_tensor(image), convs_of(3))
    with FlopCounterMode(display=False):
        assert not fuses(image, convs_of(3))
    if DEVICE == 'cpu':
        monkeypatch.delenv('TRITON_INTERPRET')
        assert not fuses(image, convs_of(3))


@pytest.mark.parametrize('options', [dict(), dict(taps='support'), dict(taps=4, coverage=True)])
def test_jit_traces_past_the_kernels(options):
    net = DownsizeNet(**options).to(DEVICE).requires_grad_(False)
    image = 255 * torch.rand(1, 3, 20, 20, device=DEVICE)

    class Small(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, image):
            return self.net(image, (6, 7))

    traced = torch.jit.trace(Small(), image)
    other = 255 * torch.rand_like(image)
    assert (traced(other) - net(other, (6, 7))).abs().max() <= 0.01


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_autocast_does_not_round_the_logits(dtype):
    """They may be hundreds, of which half precision keeps no fractions."""
    skip_what_the_interpreter_cannot_multiply(dtype)
    net = DownsizeNet(taps=4, coef_groups=3, phase=0.3, averaging=(5.0, 30.0)).to(DEVICE)
    head = net.head.conv.weight.data
    head += 0.02 * torch.randn_like(head)
    image = 255 * torch.rand(1, 3, 60, 80, device=DEVICE)
    with torch.no_grad():
        exact = net(image, (18, 25))
        with torch.autocast(DEVICE, dtype):
            small = net(image, (18, 25))
    assert (small - exact).abs().mean() <= 4 * torch.finfo(dtype).eps


def test_gradient_of_the_image_is_not_lost():
    image = torch.rand(1, 3, 20, 20, device=DEVICE, requires_grad=True)
    rows = cols = project(20, 6, device=DEVICE)[0]
    conv_float_pool(image, convs_of(3), rows, cols).sum().backward()
    assert image.grad.abs().sum() > 0
