"""What the texture branch of a DownsizeNet shows before it has learned anything."""

import math

import torch
from torch import Tensor, nn

from .coefficients import NeighbourLogits, SupportLogits

STEEPNESS = 400.0
"""Logits of all neighbours, per share by which a texture is above the limit. Those of the distance
reach down to -28, and further when they are trained."""


def take_mean_off(conv: nn.Conv2d) -> None:
    """Let filters start without their mean: they see nothing of a plain area."""
    weight = conv.weight.data
    weight -= weight.mean(dim=(2, 3), keepdim=True)


def see_grey_evenly(conv: nn.Conv2d, std: Tensor) -> None:
    """Let filters see nothing of a plain area, and grey stripes of any direction alike.

    What they read of a grey image becomes the nearest tight frame of the 3x3 patches without their
    mean: the sum of its squares is the variance of the patch, times a constant. Fewer filters than
    8, the dimensions of such patches, become orthogonal.

    Args:
        conv: the first filters.
        std: that the image is divided by, (C,).
    """
    take_mean_off(conv)
    weight = conv.weight.data
    std = std.view(-1, 1, 1)
    grey = (weight / std).sum(dim=1).flatten(1)
    left, scale, right = torch.linalg.svd(grey, full_matrices=False)
    rank = min(len(grey), grey.shape[1] - 1)
    frame = scale[:rank].mean() * left[:, :rank] @ right[:rank]
    weight += std * (frame - grey).view(-1, 1, *conv.kernel_size) / len(std)


def start_averaging(
    convs: nn.ModuleList, head: NeighbourLogits | SupportLogits, std: Tensor, *, limit: float
) -> None:
    """Let a start average textures above a limit, and leave weaker ones to the distance.

    The first filters see grey evenly, those behind add up what they show; the head shifts all
    logits by the sum.

    Args:
        convs: the filters.
        head: whose texture channels are set.
        std: that the image is divided by, (C,).
        limit: standard deviation of the texture, on the scale of the image.
    """
    see_grey_evenly(convs[0], std)
    first = (convs[0].weight.data / std.view(-1, 1, 1)).sum(dim=1)
    # Of grey noise with a deviation of 1: half a bell curve, on average, behind the ReLU.
    shown = first.flatten(1).norm(dim=1) / math.sqrt(2 * math.pi)
    for conv in convs[1:]:
        shown = conv.weight.data.abs_().sum(dim=(2, 3)) @ shown
    head.add_texture(STEEPNESS / limit / len(shown) / shown, bias=-STEEPNESS)
