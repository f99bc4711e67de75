"""Layers written out, against which the modules are compared."""

import torch
from mmcv.cnn import ConvModule
from torch import Tensor, nn

BN = dict(type='BN')


def shake(module: nn.Module) -> nn.Module:
    """Turn to float64, and make the normalisation layers do something."""
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.uniform_(norm.bias, -0.5, 0.5)
            nn.init.uniform_(norm.running_mean, -0.5, 0.5)
            nn.init.uniform_(norm.running_var, 0.5, 1.5)
    return module.double()


def convolve(conv: nn.Conv2d, maps: Tensor) -> Tensor:
    """Sum the shifted maps, one product of matrices for each tap; stride 1."""
    batch, _, height, width = maps.shape
    (rows, columns), (pad_y, pad_x) = conv.kernel_size, conv.padding
    padded = maps.new_zeros(batch, maps.shape[1], height + 2 * pad_y, width + 2 * pad_x)
    padded[:, :, pad_y : pad_y + height, pad_x : pad_x + width] = maps
    out = maps.new_zeros(batch, conv.out_channels, height, width)
    for i in range(rows):
        for j in range(columns):
            y, x = i * conv.dilation[0], j * conv.dilation[1]
            shifted = padded[:, :, y : y + height, x : x + width]
            out += torch.einsum('oc,nchw->nohw', conv.weight[:, :, i, j], shifted)
    return out if conv.bias is None else out + conv.bias.view(-1, 1, 1)


def normalise(norm: nn.BatchNorm2d, maps: Tensor) -> Tensor:
    """Normalise by the batch's mean and variance in training, else by the running ones."""
    mean, variance = norm.running_mean, norm.running_var
    if norm.training:
        values = maps.transpose(0, 1).flatten(1)
        mean, variance = values.mean(1), values.var(1, unbiased=False)
    scale = norm.weight / (variance + norm.eps).sqrt()
    return (maps - mean.view(-1, 1, 1)) * scale.view(-1, 1, 1) + norm.bias.view(-1, 1, 1)


def conv_norm(layer: ConvModule, maps: Tensor, *, relu: bool = False) -> Tensor:
    """Convolution and normalisation of a ConvModule, then ReLU if it is to have it."""
    out = normalise(layer.norm, convolve(layer.conv, maps))
    return out.clamp(min=0) if relu else out


def gate(module: nn.Module, maps: Tensor) -> Tensor:
    """The gate of strip pooling: pixel by pixel from the strips."""
    height, width = maps.shape[2:]
    rows = torch.stack([maps[:, :, i].sum(-1) / width for i in range(height)], dim=2)
    columns = torch.stack([maps[..., j].sum(-1) / height for j in range(width)], dim=2)
    tall = conv_norm(module.tall, rows[..., None])
    wide = conv_norm(module.wide, columns[:, :, None])
    out = torch.empty_like(maps)
    weight, bias = module.gate.weight[..., 0, 0], module.gate.bias
    for i in range(height):
        for j in range(width):
            both = (tall[:, :, i, 0] + wide[:, :, 0, j]).clamp(min=0)
            out[:, :, i, j] = 1 / (1 + torch.exp(-(both @ weight.T + bias)))
    return out


def count(module: nn.Module) -> int:
    """The number of parameters."""
    return sum(parameter.numel() for parameter in module.parameters())
