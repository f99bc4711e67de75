"""What the texture branch of a DownsizeNet shows before it has learned anything."""

import math
from statistics import NormalDist

import torch
from torch import Tensor, nn

from .coefficients import NeighbourLogits, SupportLogits

STEEPNESS = 400.0
"""Logits of all neighbours, per share by which a texture is beyond a limit. Those of the distance
reach down to -28, and further when they are trained."""
THRESHOLD = 1.6
"""What the first filters do not show, in standard deviations at the limit. A wave has its crests at
1.4 of its own, and all of them alike; of grain, single pixels lie far beyond. So a patch counts
where grain does but reach into it, at the rim of an object, and a strong wave does not."""


def check_averaging(averaging: tuple[float, float], normalizer: str | None, **counts: int) -> None:
    """Raise a ValueError that says what is wrong with `averaging`, or with what it needs.

    Args:
        averaging, normalizer: as `DownsizeNet` is given them.
        counts: of convolutions and channels, by the names of their options.
    """
    try:
        weak, strong = averaging
        known = 0 < weak < strong < math.inf
    except (TypeError, ValueError):
        known = False
    if not known:
        raise ValueError(
            'averaging is two standard deviations, the weak one greater than 0 and less than the '
            f'strong one, got {averaging!r}'
        )
    if normalizer != 'sigmoid':
        raise ValueError(f"averaging={averaging} needs normalizer='sigmoid', got {normalizer!r}")
    for name, count in counts.items():
        if count < 2:
            raise ValueError(f'averaging={averaging} needs {name} of at least 2, got {count}')


def take_mean_off(conv: nn.Conv2d) -> None:
    """Let filters start without their mean: they see nothing of a plain area."""
    weight = conv.weight.data
    weight -= weight.mean(dim=(2, 3), keepdim=True)


def see_single_pixels(weight: Tensor, std: Tensor) -> None:
    """Let filters 3x3 show how far one pixel is above the mean of all nine, or below it, of grey.

    A wave of any direction and length has its crests at 1.4 of its standard deviation then; filters
    that see several pixels show more of those waves that they resemble.

    Args:
        weight: of the filters, (channels, C, 3, 3); set in place.
        std: that the image is divided by, (C,).
    """
    pixels = torch.eye(9) - 1 / 9
    pixels[1::2] *= -1
    grey = std / std.sum()
    for number, one in enumerate(weight):
        one.copy_(grey.view(-1, 1, 1) * pixels[number % 9].view(3, 3))


def start_averaging(
    convs: nn.ModuleList,
    head: NeighbourLogits | SupportLogits,
    std: Tensor,
    weak: float,
    strong: float,
) -> None:
    """Let a start average weak and strong textures, and leave those between to the distance.

    Half of the channels shows what a texture lacks of twice the weak limit: those behind the first
    ones add up what these show, the last ones take it from 2. The other half adds up what is beyond
    `THRESHOLD`. The head shifts all logits by the sum of both.

    Args:
        convs: the filters, two times at least.
        head: whose texture channels are set.
        std: that the image is divided by, (C,).
        weak: standard deviation below which a texture is averaged, on the scale of the image.
        strong: that of grain above which it is.
    """
    first = convs[0].weight.data
    half = len(first) // 2
    for part in (first[:half], first[half:]):
        see_single_pixels(part, std)
    grey = (first / std.view(-1, 1, 1)).sum(dim=1)
    deviation = grey.flatten(1).norm(dim=1)  # of what they see of grey noise, whose own is 1
    convs[0].bias.data[half:] = -THRESHOLD * strong * deviation[half:]
    bell = NormalDist()
    beyond = bell.pdf(THRESHOLD) - THRESHOLD * (1 - bell.cdf(THRESHOLD))
    shown = deviation.clone()  # behind the ReLU, of grain at the limits
    shown[:half] *= weak * bell.pdf(0)
    shown[half:] *= strong * beyond
    for conv in convs[1:]:
        weight = conv.weight.data.abs_()
        weight[:half, half:] = 0
        weight[half:, :half] = 0
        shown = weight.sum(dim=(2, 3)) @ shown
    lacking, last = slice(half), convs[-1]
    last.weight.data[lacking] /= -shown[lacking].view(-1, 1, 1, 1)
    last.bias.data[lacking] = 2
    weights = torch.full_like(shown, STEEPNESS / half)
    weights[half:] = STEEPNESS / shown[half:] / len(shown[half:])
    head.add_texture(weights, bias=-STEEPNESS)
