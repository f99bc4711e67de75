"""The head of fixed neighbours against the 1x1 convolution of the paper, written out."""

import pytest
import torch

from mmdownsize.interpolators.coefficients import NeighbourLogits


def made(groups, taps, bias):
    head = NeighbourLogits(5, taps, groups=groups, bias=bias).double()
    texture = torch.rand(2, 5, 3, 4, dtype=torch.float64, requires_grad=True)
    distance = torch.rand(1, taps, taps, 3, 4)  # float32, whatever the image is
    return head, texture, distance


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize(('groups', 'taps', 'bias'), [(1, 2, True), (3, 2, False), (3, 4, True)])
def test_logits_are_a_1x1_convolution_of_texture_and_distance(layout, groups, taps, bias):
    head, texture, distance = made(groups, taps, bias)
    laid_out = texture.contiguous(memory_format=layout)
    logits = head(head.read(laid_out), distance, (None, None))
    both = torch.cat([texture, distance[0].double().flatten(0, 1).expand(2, -1, -1, -1)], dim=1)
    expected = head.conv(both).unflatten(1, (groups, taps, taps))
    assert logits.shape == (2, groups, taps, taps, 3, 4)
    torch.testing.assert_close(logits, expected.float(), rtol=1e-5, atol=1e-6)

    weights = torch.rand_like(expected)
    learned = [texture, *head.parameters()]
    ours = torch.autograd.grad((logits * weights).sum(), learned)
    theirs = torch.autograd.grad((expected * weights).sum(), learned)
    for gradient, exact in zip(ours, theirs, strict=True):
        torch.testing.assert_close(gradient, exact, rtol=1e-5, atol=1e-6)


def test_reading_keeps_the_layout_of_the_gradient_for_the_convolutions():
    """Channels last, as they compute; the other way they would lay it out anew."""
    head, texture, _ = made(1, 2, True)
    laid_out = texture.detach().contiguous(memory_format=torch.channels_last).requires_grad_()
    (gradient,) = torch.autograd.grad(head.read(laid_out).sum(), laid_out)
    assert gradient.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_logits_of_a_texture_in_half_precision_are_not_rounded_to_it(dtype):
    """They may be hundreds, and neighbours differ by what half precision cannot tell there."""
    head = NeighbourLogits(5, 2, groups=3, bias=True)
    torch.nn.init.normal_(head.conv.weight, std=400)
    texture = torch.rand(2, 5, 3, 4).to(dtype)
    exact = torch.einsum('oc,nchw->nohw', head.from_texture().double(), texture.double())
    torch.testing.assert_close(head.read(texture), exact.float(), rtol=1e-5, atol=1e-3)
