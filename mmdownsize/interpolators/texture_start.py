"""What the texture branch of a DownsizeNet shows before it has learned anything."""

import math

from torch import Tensor, nn

from .coefficients import NeighbourLogits, SupportLogits

STEEPNESS = 400.0
"""Logits of all neighbours, per share by which a texture is above the limit. Those of the distance
reach down to -28, and further when they are trained."""


def take_mean_off(conv: nn.Conv2d) -> None:
    """Let filters start without their mean: they see nothing of a plain area."""
    weight = conv.weight.data
    weight -= weight.mean(dim=(2, 3), keepdim=True)


def start_averaging(
    convs: nn.ModuleList, head: NeighbourLogits | SupportLogits, std: Tensor, *, limit: float
) -> None:
    """Let a start average textures above a limit, and leave weaker ones to the distance.

    Filters behind the first ones add up what those show; the head shifts all logits by the sum.

    Args:
        convs: the filters; the first ones have no mean.
        head: whose texture channels are set.
        std: that the image is divided by, (C,).
        limit: standard deviation of the texture, on the scale of the image.
    """
    first = (convs[0].weight.data / std.view(-1, 1, 1)).sum(dim=1)
    # Of grey noise with a deviation of 1: half a bell curve, on average, behind the ReLU.
    shown = first.flatten(1).norm(dim=1) / math.sqrt(2 * math.pi)
    for conv in convs[1:]:
        shown = conv.weight.data.abs_().sum(dim=(2, 3)) @ shown
    head.add_texture(STEEPNESS / limit / len(shown) / shown, bias=-STEEPNESS)
