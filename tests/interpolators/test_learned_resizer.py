"""LearnedResizer against its formula, and what it owes to every interpolator."""

import pytest
import torch
import torch.nn.functional as F
from mmengine.registry import MODELS
from torch import nn

from mmdownsize import LearnedResizer

SIZES = [((30, 50), (9, 15)), ((23, 31), (7, 20)), ((7, 9), (20, 33)), ((1, 40), (1, 12))]
BGR_MEAN, BGR_STD = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)


def trained(**options):
    """A resizer whose statistics, gains and biases are none of the round numbers of the start."""
    resizer = LearnedResizer(**options)
    for layer in resizer.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
            layer.running_mean.uniform_(-0.5, 0.5)
            layer.running_var.uniform_(0.5, 1.5)
    return resizer


def image_of(height, width, *, channels=3):
    return 255 * torch.rand(2, channels, height, width)


def restated(weights, image, size, *, training, num_blocks=1, mean=BGR_MEAN, std=BGR_STD):
    """The network, written out in float64 from the paper."""
    weights = {name: value.double() for name, value in weights.items()}
    mean, std = (torch.tensor(values).double().view(1, -1, 1, 1) for values in (mean, std))

    def conv(x, name, padding):
        return F.conv2d(x, weights[f'{name}.weight'], weights.get(f'{name}.bias'), 1, padding)

    def norm(x, name):
        gain, bias = weights[f'{name}.weight'], weights[f'{name}.bias']
        mean, var = weights[f'{name}.running_mean'], weights[f'{name}.running_var']
        if training:
            mean, var = x.mean(dim=(0, 2, 3)), x.var(dim=(0, 2, 3), unbiased=False)
        mean, var, gain, bias = (each.view(1, -1, 1, 1) for each in (mean, var, gain, bias))
        return gain * (x - mean) / (var + 1e-5).sqrt() + bias

    def leaky(x):
        return torch.where(x > 0, x, 0.2 * x)

    x = (image.double() - mean) / std
    resized = F.interpolate(x, size, mode='bilinear', align_corners=False)
    x = leaky(conv(x, 'before.0', 3))
    x = norm(leaky(conv(x, 'before.2', 0)), 'before.4')
    x = skip = F.interpolate(x, size, mode='bilinear', align_corners=False)
    for block in range(num_blocks):
        y = leaky(norm(conv(x, f'after.{block}.layers.0', 1), f'after.{block}.layers.1'))
        x = x + norm(conv(y, f'after.{block}.layers.3', 1), f'after.{block}.layers.4')
    x = skip + norm(conv(x, f'after.{num_blocks}', 1), f'after.{num_blocks + 1}')
    return (resized + conv(x, 'last', 3)) * std + mean


def test_convolution_weights_are_as_many_as_the_papers():
    """11.87K: 7x7 of 3 to 16, 1x1, three of 3x3, 7x7 of 16 to 3."""
    convs = [layer for layer in LearnedResizer().modules() if isinstance(layer, nn.Conv2d)]
    assert sum(conv.weight.numel() for conv in convs) == 11_872
    assert [conv.bias is not None for conv in convs] == [True, True, False, False, False, True]


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('num_blocks', [1, 3])
@pytest.mark.parametrize(('source', 'target'), SIZES)
def test_equals_its_formula_in_float64(source, target, num_blocks, training):
    resizer = trained(num_blocks=num_blocks).train(training)
    image = image_of(*source)
    weights = {name: value.clone() for name, value in resizer.state_dict().items()}
    expected = restated(weights, image, target, training=training, num_blocks=num_blocks)
    result = resizer(image, target)
    assert result.shape == (2, 3, *target) and result.dtype == torch.float32
    torch.testing.assert_close(result.double(), expected, atol=2e-3, rtol=0)
    exact = resizer.double()(image.double(), target)
    torch.testing.assert_close(exact, expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize(('source', 'target'), SIZES)
def test_is_bilinear_where_the_last_convolution_is_zero(source, target):
    resizer = trained()
    nn.init.zeros_(resizer.last.weight)
    nn.init.zeros_(resizer.last.bias)
    image = image_of(*source)
    theirs = F.interpolate(image, target, mode='bilinear', align_corners=False)
    assert torch.equal(resizer(image, target), theirs)


def test_every_parameter_gets_a_gradient():
    resizer = trained(num_blocks=2)
    image = image_of(20, 26).requires_grad_()
    resizer(image, (6, 9)).square().sum().backward()
    for name, parameter in resizer.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
    assert image.grad.abs().sum() > 0


def test_training_learns_what_bilinear_interpolation_does_not():
    """The brightest of four pixels, which the features before the resize know."""
    resizer = MODELS.build(dict(type='LearnedResizer'))
    optimizer = torch.optim.Adam(resizer.parameters(), 0.005)
    losses = []
    for _ in range(60):
        image = image_of(16, 16)
        loss = F.l1_loss(resizer(image, (8, 8)), F.max_pool2d(image, 2))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    bilinear = F.interpolate(image, (8, 8), mode='bilinear')
    assert losses[-1] < 0.8 * F.l1_loss(bilinear, F.max_pool2d(image, 2)).item()


def test_the_same_image_on_another_scale_comes_out_on_that_scale():
    """Raw, and in [0, 1] with mean and std to match: the network sees the same."""
    raw = trained().eval()
    unit = LearnedResizer(
        mean=[mean / 255 for mean in BGR_MEAN], std=[std / 255 for std in BGR_STD]
    ).eval()
    weights = raw.state_dict()
    del weights['function']  # it names the scale
    unit.load_state_dict(weights)
    image = image_of(30, 41)
    torch.testing.assert_close(
        255 * unit(image / 255, (9, 13)), raw(image, (9, 13)), atol=2e-3, rtol=0
    )


def test_images_of_other_channels_are_normalized_by_what_is_given():
    resizer = trained(in_channels=2, mean=(10, 20), std=50).eval()
    image = image_of(20, 30, channels=2)
    expected = restated(
        resizer.state_dict(), image, (7, 9), training=False, mean=(10, 20), std=(50, 50)
    )
    torch.testing.assert_close(resizer(image, (7, 9)).double(), expected, atol=2e-3, rtol=0)
    plain = LearnedResizer(in_channels=5)
    assert plain.mean.flatten().tolist() == [0] * 5 and plain.std.flatten().tolist() == [1] * 5


def test_mean_and_std_are_no_weights():
    assert not {'mean', 'std'} & set(LearnedResizer().state_dict())


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_stays_near_full_precision(dtype):
    image, resizer = image_of(30, 40), trained().eval()
    with torch.no_grad():
        exact = resizer(image, (9, 13))
        with torch.autocast('cpu', dtype):
            mixed = resizer(image, (9, 13))
        half = resizer.to(dtype)(image.to(dtype), (9, 13))
    assert mixed.dtype == torch.float32 and half.dtype == dtype
    for result in (mixed, half.float()):
        assert (result - exact).abs().max() <= 255 * 16 * torch.finfo(dtype).eps


def test_one_pixel_of_one_image_has_no_statistics_to_train_with():
    image = image_of(8, 8)[:1]
    with pytest.raises(ValueError, match='more than 1 value per channel when training'):
        LearnedResizer()(image, (1, 1))
    assert LearnedResizer().eval()(image, (1, 1)).shape == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(in_channels=0), 'in_channels is a whole number of at least 1, got 0'),
        (dict(channels=2.5), 'channels is a whole number of at least 1, got 2.5'),
        (dict(num_blocks=0), 'num_blocks is a whole number of at least 1, got 0'),
        (dict(mean=(1, 2)), 'mean is one number or 3'),
        (dict(mean=float('nan')), 'mean is finite'),
        (dict(std=0.0), 'std is greater than 0'),
    ],
)
def test_option_out_of_range_says_what_was_expected(options, message):
    with pytest.raises(ValueError, match=message):
        LearnedResizer(**options)
