"""The gate of strip pooling."""

import pytest
import torch
from mmengine.model import revert_sync_batchnorm
from mmseg.registry import MODELS
from plain_layers import BN, count, gate, shake
from torch import nn

from mmdownsize.segmentation import StripPooling


@pytest.mark.parametrize('shape', [(2, 3, 5, 7), (1, 3, 8, 3), (1, 3, 4, 1), (1, 3, 1, 1)])
def test_gate_equals_the_plain_one_in_prediction(shape):
    module = shake(StripPooling(3, norm_cfg=BN)).eval()
    features = torch.randn(shape, dtype=torch.float64)
    torch.testing.assert_close(module(features), gate(module, features))


@pytest.mark.parametrize('shape', [(2, 3, 5, 7), (1, 3, 2, 2), (2, 3, 1, 1)])
def test_gate_equals_the_plain_one_in_training(shape):
    module = shake(StripPooling(3, norm_cfg=BN)).train()
    features = torch.randn(shape, dtype=torch.float64)
    torch.testing.assert_close(module(features), gate(module, features))


@pytest.mark.parametrize('shape', [(1, 3, 1, 5), (1, 3, 5, 1)])
def test_one_image_of_one_strip_is_no_batch_to_normalise(shape):
    module = StripPooling(3, norm_cfg=BN)
    with pytest.raises(ValueError, match='more than 1 value per channel'):
        module.train()(torch.rand(shape))
    assert module.eval()(torch.rand(shape)).shape == shape


def test_gate_of_constant_strips_by_hand():
    module = StripPooling(1, norm_cfg=BN).double().eval()
    for layer in (module.tall, module.wide):
        nn.init.zeros_(layer.conv.weight)
        layer.norm.eps = 0.0
    module.tall.conv.weight.data[0, 0, 1, 0] = 1.0  # the row itself
    module.wide.conv.weight.data[0, 0, 0, 0] = 1.0  # the column to the left
    nn.init.ones_(module.gate.weight)
    nn.init.constant_(module.gate.bias, -4.0)
    features = torch.tensor([[[[1.0, 3.0], [5.0, 7.0]]]], dtype=torch.float64)
    # rows 2, 6; the column left of the first is 0, of the second 3
    expected = torch.tensor([[-2.0, 1.0], [2.0, 5.0]], dtype=torch.float64).sigmoid()
    torch.testing.assert_close(module(features)[0, 0], expected)


def test_pixel_reaches_the_strips_around_it_and_no_other():
    module = shake(StripPooling(2, norm_cfg=BN)).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.abs_()  # no ReLU is closed
    features = torch.rand(1, 2, 7, 9, dtype=torch.float64)
    changed = features.clone()
    changed[:, :, 2, 5] += 1
    reached = (module(changed) != module(features)).all(dim=1)[0]
    expected = torch.zeros(7, 9, dtype=torch.bool)
    expected[1:4] = expected[:, 4:7] = True
    assert torch.equal(reached, expected)


@pytest.mark.parametrize('channels', [8, 64, 512])
def test_number_of_parameters(channels):
    strips = 2 * (3 * channels**2 + 2 * channels)  # 3x1 and 1x3 without bias, scale and shift
    gates = channels**2 + channels
    assert count(StripPooling(channels, norm_cfg=BN)) == strips + gates
    assert count(StripPooling(64, norm_cfg=BN)) == 28_992


def test_gradients_are_those_of_differences():
    module = shake(StripPooling(2, norm_cfg=BN)).eval()
    features = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(module, features)
    module.train()(features).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in module.parameters())


def test_autocast_stays_close():
    module = shake(StripPooling(8, norm_cfg=BN)).float().eval()
    features = torch.rand(2, 8, 5, 7)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        low = module(features.bfloat16())
    assert low.dtype == torch.bfloat16
    torch.testing.assert_close(low.float(), module(features), atol=0.02, rtol=0)


def test_normalisation_is_synchronised_unless_told_otherwise():
    module = MODELS.build(dict(type='StripPooling', channels=4))
    norms = [layer for layer in module.modules() if isinstance(layer, nn.SyncBatchNorm)]
    assert norms == [module.tall.norm, module.wide.norm]
    assert revert_sync_batchnorm(module)(torch.rand(2, 4, 5, 7)).shape == (2, 4, 5, 7)
    bare = StripPooling(4, norm_cfg=None)
    assert not bare.tall.with_norm and bare.tall.conv.bias is not None
