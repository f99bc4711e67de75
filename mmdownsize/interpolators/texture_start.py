"""What the texture branch of a DownsizeNet shows before it has learned anything."""

from statistics import NormalDist

from torch import Tensor, nn

from .coefficients import NeighbourLogits, SupportLogits

STEEPNESS = 400.0
"""Logits of all neighbours, per share by which a texture is above the limit. Those of the distance
reach down to -28, and further when they are trained."""
THRESHOLD = 1.6
"""What the first filters do not show, in standard deviations at the limit. A wave has its crests at
1.4 of its own, and all of them alike; of grain, single pixels lie far beyond. So a patch counts
where grain does but reach into it, at the rim of an object, and a strong wave does not."""


def take_mean_off(conv: nn.Conv2d) -> None:
    """Let filters start without their mean: they see nothing of a plain area."""
    weight = conv.weight.data
    weight -= weight.mean(dim=(2, 3), keepdim=True)


def start_averaging(
    convs: nn.ModuleList, head: NeighbourLogits | SupportLogits, std: Tensor, *, limit: float
) -> None:
    """Let a start average textures above a limit, and leave weaker ones to the distance.

    The first filters show what is beyond `THRESHOLD`, those behind add it up, and the head shifts
    all logits by the sum.

    Args:
        convs: the filters; the first ones have no mean.
        head: whose texture channels are set.
        std: that the image is divided by, (C,).
        limit: standard deviation of grain, on the scale of the image.
    """
    first = (convs[0].weight.data / std.view(-1, 1, 1)).sum(dim=1)
    deviation = first.flatten(1).norm(dim=1)  # of what they see of grey noise, whose own is 1
    convs[0].bias.data.copy_(-THRESHOLD * limit * deviation)
    bell = NormalDist()
    shown = deviation * (bell.pdf(THRESHOLD) - THRESHOLD * (1 - bell.cdf(THRESHOLD)))
    for conv in convs[1:]:
        shown = conv.weight.data.abs_().sum(dim=(2, 3)) @ shown
    head.add_texture(STEEPNESS / limit / len(shown) / shown, bias=-STEEPNESS)
