import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from mmdownsize import DownsizeNet
from mmdownsize.benchmarks.contestants import PlainPath
from mmdownsize.benchmarks.flops import Cost, count_flops, count_model
from mmdownsize.benchmarks.models import build_random_model, random_batch


def test_convolution_is_counted_by_hand():
    conv = nn.Conv2d(3, 16, 5, stride=2, padding=2)
    by_hand = 2 * (3 * 25) * 16 * (11 * 15)
    image = torch.rand(2, 3, 21, 30)
    assert count_flops(lambda: conv(image)) == 2 * by_hand  # two images
    assert count_flops(lambda: checkpoint(conv, image, use_reentrant=False)) == 2 * by_hand


@pytest.mark.parametrize('num_convs', [2, 3])
def test_plain_downsize_net_is_counted_by_hand(num_convs):
    size = (12, 14)
    net = PlainPath(DownsizeNet(num_convs=num_convs))
    dense = 2 * 9 * (3 * 16 + (num_convs - 1) * 16 * 16) * 12 * 14
    head = 2 * 16 * 4 * 12 * 14  # texture to coefficients; the distance is the next line
    head += 2 * 4 * 4 * 12 * 14
    assert count_flops(lambda: net(torch.rand(1, 3, *size), size)) == dense + head


def test_model_is_split_into_interpolator_and_rest(root):
    _, model = build_random_model('configs/mini/fcn_dsnet_camvid.py')
    costs = count_model(model, random_batch(1, (100, 120)))
    interpolator, total = costs['interpolator'], costs['total']
    preprocessor = model.data_preprocessor
    image = 255 * torch.rand(1, 3, 100, 120)
    assert interpolator.flops == count_flops(lambda: preprocessor.interpolator(image, (30, 36)))
    assert interpolator.parameters == sum(p.numel() for p in DownsizeNet().parameters())
    assert total.parameters == sum(p.numel() for p in model.parameters())
    network = count_flops(lambda: model(torch.rand(1, 3, 30, 36), mode='tensor'))
    assert costs['rest'].flops == network and total.flops == network + interpolator.flops
    assert costs['rest'] == total - interpolator
    assert not preprocessor.interpolator._forward_hooks


def test_costs_are_subtracted():
    assert Cost(5, 3) - Cost(2, 1) == Cost(3, 2)
