"""MULLER against its formula, and what it owes to every interpolator."""

import math

import pytest
import torch
import torch.nn.functional as F
from mmengine.registry import MODELS

from mmdownsize import MULLER

SIZES = [((30, 50), (9, 15)), ((23, 31), (7, 20)), ((7, 9), (20, 33)), ((1, 40), (1, 12))]


def trained(**options):
    muller = MULLER(**options)
    torch.nn.init.uniform_(muller.alpha, -3, 3)
    torch.nn.init.uniform_(muller.beta, -0.1, 0.1)
    return muller


def image_of(height, width, *, channels=3):
    return 255 * torch.rand(2, channels, height, width)


def blurred(image, sigma):
    """A 5x5 Gaussian, pixel by pixel, border pixels repeated."""
    height, width = image.shape[-2:]
    result, total = torch.zeros_like(image), 0.0
    for i in range(-2, 3):
        for j in range(-2, 3):
            weight = math.exp(-(i**2 + j**2) / (2 * sigma**2))
            rows = (torch.arange(height) + i).clamp(0, height - 1)
            cols = (torch.arange(width) + j).clamp(0, width - 1)
            result += weight * image[:, :, rows][..., cols]
            total += weight
    return result / total


def restated(muller, image, size, sigma=1.0):
    """The formula of the paper, in float64, on the image in [0, 1]."""

    def resize(x):
        return F.interpolate(x, size, mode='bilinear', align_corners=False, antialias=False)

    x = image.double() / 255
    y = resize(x)
    for alpha, beta in zip(muller.alpha.tolist(), muller.beta.tolist(), strict=True):
        b = blurred(x, sigma)
        y = y + torch.tanh(alpha * resize(b - x) + beta)
        x = b
    return 255 * y


@pytest.mark.parametrize(('source', 'target'), SIZES)
def test_start_is_bilinear_to_the_last_bit(source, target):
    image = image_of(*source)
    theirs = F.interpolate(image, target, mode='bilinear', align_corners=False)
    assert torch.equal(MULLER()(image, target), theirs)


@pytest.mark.parametrize('options', [{}, dict(num_layers=1), dict(num_layers=3), dict(sigma=0.6)])
@pytest.mark.parametrize(('source', 'target'), SIZES)
def test_equals_its_formula_in_float64(source, target, options):
    muller, image = trained(**options), image_of(*source)
    expected = restated(muller, image, target, sigma=options.get('sigma', 1.0))
    assert not torch.allclose(expected, MULLER()(image, target).double(), atol=1)
    with torch.no_grad():
        result = muller(image, target)
        exact = muller.double()(image.double(), target)
    assert result.dtype == torch.float32 and exact.dtype == torch.float64
    torch.testing.assert_close(result.double(), expected, atol=1e-3, rtol=0)
    torch.testing.assert_close(exact, expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize(('source', 'target'), SIZES)
def test_constant_image_comes_out_unchanged_without_beta(source, target):
    muller = trained()
    torch.nn.init.zeros_(muller.beta)
    image = torch.tensor([10.0, 128.0, 250.0]).view(1, 3, 1, 1).expand(1, 3, *source)
    expected = image[..., :1, :1].expand(1, 3, *target)
    torch.testing.assert_close(muller(image, target), expected, atol=1e-3, rtol=0)


def test_four_parameters_get_the_gradient_of_finite_differences():
    muller = trained().double()
    assert sum(parameter.numel() for parameter in muller.parameters()) == 4
    image = image_of(11, 13).double()

    def loss(alpha, beta):
        weights = dict(alpha=alpha, beta=beta)
        return torch.func.functional_call(muller, weights, (image, (4, 5))).square().mean()

    weights = (muller.alpha, muller.beta)
    assert torch.autograd.gradcheck(loss, weights, eps=1e-6, atol=1e-4, rtol=1e-5)


def test_gradcheck_of_the_image():
    muller = trained(scale=1.0).double()
    image = torch.rand(1, 2, 6, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda image: muller(image, (3, 4)), image)


def test_every_parameter_gets_a_gradient_at_the_start():
    muller = MULLER()
    muller(image_of(20, 26), (6, 9)).square().sum().backward()
    for name, parameter in muller.named_parameters():
        assert parameter.grad.abs().min() > 0, name


def test_training_finds_the_numbers_that_made_the_target():
    made_by, muller = trained(), MODELS.build(dict(type='MULLER'))
    optimizer = torch.optim.Adam(muller.parameters(), 0.1)
    for _ in range(300):
        image = image_of(16, 16)
        with torch.no_grad():
            target = made_by(image, (7, 7))
        loss = F.mse_loss(muller(image, (7, 7)) / 255, target / 255)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.testing.assert_close(muller.alpha, made_by.alpha, atol=0.05, rtol=0)
    torch.testing.assert_close(muller.beta, made_by.beta, atol=0.01, rtol=0)


def test_whole_numbers_mean_the_same_as_others():
    """A command line reads 255 where a config has 255.0."""
    MULLER(scale=255, sigma=1).load_state_dict(trained().state_dict())


@pytest.mark.parametrize('dynamic', [False, True])
def test_compiles_without_a_graph_break_to_the_same_numbers(dynamic):
    torch._dynamo.reset()
    muller = trained()
    compiled = torch.compile(muller, fullgraph=True, dynamic=dynamic, backend='aot_eager')
    for size in ((20, 26), (31, 22)):
        image = image_of(*size)
        ours, theirs = compiled(image, (9, 8)), muller(image, (9, 8))
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=0)


def test_the_same_image_on_another_scale_comes_out_on_that_scale():
    raw, unit = trained(), MULLER(scale=1.0)
    unit.load_state_dict(dict(raw.named_parameters()))
    image = image_of(30, 41)
    torch.testing.assert_close(
        255 * unit(image / 255, (9, 13)), raw(image, (9, 13)), atol=1e-3, rtol=0
    )


@pytest.mark.parametrize('channels', [1, 3, 5])
def test_each_channel_is_treated_alike(channels):
    muller, image = trained(), image_of(14, 10, channels=channels)
    together = muller(image, (6, 4))
    for channel in range(channels):
        alone = muller(image[:, channel : channel + 1], (6, 4))
        torch.testing.assert_close(together[:, channel : channel + 1], alone)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_only_rounds(dtype):
    image, muller = image_of(30, 40), trained()
    with torch.no_grad():
        exact = muller(image, (9, 13))
        with torch.autocast('cpu', dtype):
            assert torch.equal(muller(image, (9, 13)), exact)
        half = muller.to(dtype)(image.to(dtype), (9, 13))
    assert half.dtype == dtype
    assert (half.float() - exact).abs().max() <= 255 * 8 * torch.finfo(dtype).eps


def test_image_given_is_left_alone():
    image = image_of(12, 12)
    before = image.clone()
    trained()(image, (12, 12))
    assert torch.equal(image, before)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(num_layers=0), 'num_layers is a whole number of at least 1, got 0'),
        (dict(num_layers=1.5), 'num_layers is a whole number of at least 1, got 1.5'),
        (dict(sigma=0.0), 'sigma is a finite number greater than 0, got 0.0'),
        (dict(scale=float('nan')), 'scale is a finite number greater than 0, got nan'),
        (dict(scale=-255), 'scale is a finite number greater than 0, got -255'),
    ],
)
def test_option_out_of_range_says_what_was_expected(options, message):
    with pytest.raises(ValueError, match=message):
        MULLER(**options)
