import pytest
import torch
import torch.nn.functional as F
from mmengine.optim import DefaultOptimWrapperConstructor

from mmdownsize.detection import LargeSeparableConv, LightHeadNeck


def test_large_separable_conv_equals_explicit_convolutions():
    torch.manual_seed(0)
    conv = LargeSeparableConv(6, 18, mid_channels=4, kernel_size=5)
    image = torch.randn(2, 6, 7, 9)
    tall, then_wide = conv.tall_wide
    wide, then_tall = conv.wide_tall
    assert tall.weight.shape == (4, 6, 5, 1) and then_wide.weight.shape == (18, 4, 1, 5)
    assert wide.weight.shape == (4, 6, 1, 5) and then_tall.weight.shape == (18, 4, 5, 1)
    # padded by hand: the map keeps its size
    left = F.conv2d(F.pad(image, (0, 0, 2, 2)), tall.weight, tall.bias)
    left = F.conv2d(F.pad(left, (2, 2, 0, 0)), then_wide.weight, then_wide.bias)
    right = F.conv2d(F.pad(image, (2, 2, 0, 0)), wide.weight, wide.bias)
    right = F.conv2d(F.pad(right, (0, 0, 2, 2)), then_tall.weight, then_tall.bias)
    torch.testing.assert_close(conv(image), (left + right).clamp(min=0))


def test_large_separable_conv_parameters_and_initialisation():
    conv = LargeSeparableConv(2048)
    conv.init_weights()
    into, out_of = 2048 * 15 * 256 + 256, 256 * 15 * 490 + 490
    assert sum(p.numel() for p in conv.parameters()) == 2 * (into + out_of) == 19_493_332
    for layer in (*conv.tall_wide, *conv.wide_tall):
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.02)
        assert not layer.bias.any()


@pytest.mark.parametrize('kernel_size', [0, 4])
def test_large_separable_conv_refuses_even_kernels(kernel_size):
    with pytest.raises(ValueError, match='odd positive number'):
        LargeSeparableConv(4, kernel_size=kernel_size)


def test_light_head_neck_puts_the_thin_map_first():
    neck = LightHeadNeck(8, 18, mid_channels=4)
    c4, c5 = torch.rand(1, 6, 5, 7), torch.rand(1, 8, 5, 7)
    thin, passed = neck((c4, c5))
    assert passed is c4
    assert torch.equal(thin, neck.large_separable_conv(c5))
    with pytest.raises(ValueError, match=r'got 3: set out_indices=\(2, 3\)'):
        neck((c4, c4, c5))


def test_learning_rate_multiplier_equals_the_gradient_multiplier_of_the_release():
    lr, momentum, decay = 0.1, 0.9, 0.01
    neck = LightHeadNeck(3, 4, mid_channels=2, kernel_size=3).double()
    optimizer = DefaultOptimWrapperConstructor(
        {'optimizer': {'type': 'SGD', 'lr': lr, 'momentum': momentum, 'weight_decay': decay}},
        {'custom_keys': {'large_separable_conv': {'lr_mult': 3.0}}},
    )(neck)
    expected = {name: p.detach().clone() for name, p in neck.named_parameters()}
    velocity = {name: torch.zeros_like(p) for name, p in expected.items()}
    for step in range(4):
        features = torch.rand(
            1, 3, 5, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(step)
        )
        loss = neck((features, features))[0].square().sum()
        optimizer.zero_grad()
        loss.backward()
        for name, parameter in neck.named_parameters():
            # the decay belongs to the loss, the gradient of the whole is multiplied
            gradient = 3 * (parameter.grad + decay * expected[name])
            velocity[name] = momentum * velocity[name] + gradient
            expected[name] = expected[name] - lr * velocity[name]
        optimizer.step()
    for name, parameter in neck.named_parameters():
        torch.testing.assert_close(parameter.detach(), expected[name])
