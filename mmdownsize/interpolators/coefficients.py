"""Heads that turn texture and distance into the logits of the coefficients."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KNOTS = 4
"""Knots per axis of the logit field of `SupportLogits`."""


class NeighbourLogits(nn.Module):
    """One logit for each of a fixed number of neighbours: the paper's 1x1 convolution.

    The convolution reads the texture channels and then one distance channel a neighbour; it gives
    one channel a neighbour and group.

    Args:
        channels: texture channels.
        taps: neighbours per axis.
        groups: sets of coefficients.
        bias: whether the convolution has one.

    Source: DownsizeNet (Ma and Li), "coefficients".
    """

    def __init__(self, channels: int, taps: int, *, groups: int, bias: bool) -> None:
        super().__init__()
        self.taps = taps
        self.groups = groups
        self.conv = nn.Conv2d(channels + taps**2, groups * taps**2, 1, bias=bias)

    def start_at(self, sharpness: float) -> None:
        """Start with `sharpness` times the distance channels, whatever the texture."""
        neighbours = self.taps**2
        weight = self.conv.weight.data.zero_().view(self.groups, neighbours, -1)
        weight[:, :, -neighbours:] = sharpness * torch.eye(neighbours)
        if self.conv.bias is not None:
            nn.init.zeros_(self.conv.bias)

    def forward(self, texture: Tensor, distance: Tensor, spread: tuple[Tensor, Tensor]) -> Tensor:
        """Combine texture (N, C, h, w) and distance (I, J, h, w) into (N, G, I, J, h, w).

        `spread` is what `SupportLogits` needs, and is not used.
        """
        channels = texture.shape[1]
        weight = self.conv.weight
        # Two convolutions, summed, so that the distance keeps float32 and is computed but once
        # for the whole batch.
        from_texture = F.conv2d(texture, weight[:, :channels].to(texture.dtype))
        from_distance = F.conv2d(
            distance.flatten(0, 1)[None],
            weight[:, channels:].float(),
            None if self.conv.bias is None else self.conv.bias.float(),
        )
        shape = (self.groups, self.taps, self.taps, *texture.shape[-2:])
        return (from_texture.float() + from_distance).unflatten(1, shape[:3])


class SupportLogits(nn.Module):
    """One logit for each of any number of neighbours, by the same weights at any ratio.

    A 1x1 convolution reads the texture and gives a field of 4 x 4 logits, which is stretched over
    the support (the input pixels that the output pixel spans, and as much again on either side).
    Each neighbour reads its logit off at its place, bilinearly, and adds its distance channel,
    scaled by a learned sharpness.

    Args:
        channels: texture channels.
        groups: sets of coefficients.

    Source: our own extension of the paper to neighbourhoods that grow with the ratio.
    """

    def __init__(self, channels: int, *, groups: int) -> None:
        super().__init__()
        self.groups = groups
        self.conv = nn.Conv2d(channels, groups * KNOTS**2, 1)
        self.sharpness = nn.Parameter(torch.ones(groups))

    def start_at(self, sharpness: float) -> None:
        """Start with `sharpness` times the distance channels, whatever the texture."""
        nn.init.zeros_(self.conv.weight)
        nn.init.zeros_(self.conv.bias)
        nn.init.constant_(self.sharpness, sharpness)

    def forward(self, texture: Tensor, distance: Tensor, spread: tuple[Tensor, Tensor]) -> Tensor:
        """Combine texture (N, C, h, w) and distance (I, J, h, w) into (N, G, I, J, h, w).

        `spread` holds each neighbour's place on the support, in [-1, 1], of shapes (I, h), (J, w).
        """
        weight, bias = self.conv.weight, self.conv.bias
        knots = F.conv2d(texture, weight.to(texture.dtype), bias.to(texture.dtype)).float()
        knots = knots.unflatten(1, (self.groups, KNOTS, KNOTS))
        rows, cols = (_hats(places) for places in spread)
        field = torch.einsum('ngabhw,aih->ngibhw', knots, rows)
        field = torch.einsum('ngibhw,bjw->ngijhw', field, cols)
        return field + self.sharpness.float().view(-1, 1, 1, 1, 1) * distance


def _hats(places: Tensor) -> Tensor:
    """Weigh the knots, evenly spaced over [-1, 1], at each place: bilinear interpolation."""
    knots = torch.linspace(-1, 1, KNOTS, device=places.device).view(-1, 1, 1)
    return (1 - (places - knots).abs() * (KNOTS - 1) / 2).clamp(min=0)


_LEAST, _MOST = 1e-12, 1 - 2**-23  # weights whose logits are finite in float32


def as_logits(weights: Tensor, normalizer: str | None) -> Tensor:
    """Turn weights of neighbours into the logits from which `normalize` makes them again.

    Args:
        weights: any shape, in [0, 1] unless the normalizer is None.
        normalizer: 'sigmoid', 'softmax' or None.

    Example:
        >>> as_logits(torch.tensor([0.5]), 'sigmoid').item()
        0.0
    """
    if normalizer == 'sigmoid':
        return weights.clamp(_LEAST, _MOST).logit()
    if normalizer == 'softmax':
        return weights.clamp(min=_LEAST).log()
    return weights


def normalize(logits: Tensor, normalizer: str | None, inside: Tensor | None = None) -> Tensor:
    """Turn logits into coefficients, at least 0 and summing to one over the neighbours.

    Args:
        logits: float32 of shape (N, G, I, J, h, w).
        normalizer: 'sigmoid' (then divided by the sum), 'softmax', or None, which returns the
            logits as they are.
        inside: which neighbours count, bool of shape (I, J, h, w); None for all.

    Returns:
        The coefficients, of the same shape.

    Example:
        >>> normalize(torch.zeros(1, 1, 2, 2, 1, 1), 'sigmoid').flatten().tolist()
        [0.25, 0.25, 0.25, 0.25]

    Source: DownsizeNet (Ma and Li), "coefficients".
    """
    if normalizer is None:
        return logits if inside is None else logits * inside
    # The sum of sigmoids is divided in the logarithm: it cannot underflow to 0 / 0.
    logits = F.logsigmoid(logits) if normalizer == 'sigmoid' else logits
    if inside is not None:
        logits = logits.masked_fill(~inside, -math.inf)
    return logits.flatten(2, 3).softmax(dim=2).view_as(logits)
