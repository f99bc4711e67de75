"""Heads that turn texture and distance into the logits of the coefficients."""

from functools import reduce

import torch
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

    def add_texture(self, weights: Tensor, *, bias: float) -> None:
        """Start with the sum of the texture channels by weights (C,), and this, in every logit."""
        self.conv.weight.data[:, : len(weights)] = weights[:, None, None]
        nn.init.constant_(self.conv.bias, bias)

    def read(self, texture: Tensor) -> Tensor:
        """Give the share of the texture (N, C, h, w), in float32, (N, G * I * J, h, w)."""
        # One product of matrices: faster than a 1x1 convolution, and channels first as it comes.
        vectors = texture.transpose(0, 1).flatten(1)
        dtype = torch.promote_types(vectors.dtype, torch.float32)
        logits = self.from_texture().to(dtype).mm(vectors.to(dtype)).float()
        return logits.unflatten(1, (texture.shape[0], *texture.shape[2:])).transpose(0, 1)

    def forward(self, read: Tensor, distance: Tensor, spread: tuple[Tensor, Tensor]) -> Tensor:
        """Combine what was read and the distance (D, I, J, h, w) into (N, G, I, J, h, w).

        D is 1, for all groups, or G. `spread` is what `SupportLogits` needs, and is not used.
        """
        return (read + self.prior(distance)).unflatten(1, (self.groups, self.taps, self.taps))

    def from_texture(self) -> Tensor:
        """Weights of the texture channels, (G * I * J, C)."""
        return self.conv.weight[:, : -(self.taps**2), 0, 0]

    def prior(self, distance: Tensor) -> Tensor:
        """Give the share of the distance, in float32 and for all images, (G * I * J, h, w)."""
        weight = self.conv.weight[:, -(self.taps**2) :, 0, 0].float()
        maps = distance.flatten(1, 2).flatten(2)
        parts = weight.chunk(len(maps))
        logits = torch.cat([part @ each for part, each in zip(parts, maps, strict=True)])
        if self.conv.bias is not None:
            logits = logits + self.conv.bias.float()[:, None]
        return logits.unflatten(1, distance.shape[3:])


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

    def add_texture(self, weights: Tensor, *, bias: float) -> None:
        """See `NeighbourLogits.add_texture`."""
        self.conv.weight.data[:] = weights[:, None, None]
        nn.init.constant_(self.conv.bias, bias)

    def read(self, texture: Tensor) -> Tensor:
        """Give the texture (N, C, h, w) itself: the field is larger, and made when it is used."""
        return texture

    def forward(self, texture: Tensor, distance: Tensor, spread: tuple[Tensor, Tensor]) -> Tensor:
        """Combine texture (N, C, h, w) and distance (D, I, J, h, w) into (N, G, I, J, h, w).

        D is 1, for all groups, or G.
        `spread` holds each neighbour's place on the support, in [-1, 1], of shapes (I, h), (J, w).
        """
        rows, cols = (_hats(places) for places in spread)
        weight = self.conv.weight.float().view(self.groups, KNOTS, KNOTS, -1)
        bias = self.conv.bias.float().view(self.groups, KNOTS, KNOTS)
        # The rows are read off by the convolution itself: its filters differ by output row.
        filters = torch.einsum('gabc,aih->hgibc', weight, rows)
        bias = torch.einsum('gab,aih->hgib', bias, rows)
        columns = texture.float().permute(0, 2, 1, 3)  # (N, h, C, w)
        field = (filters.flatten(1, 3) @ columns).unflatten(2, filters.shape[1:4])
        field = field + bias.unsqueeze(-1)  # (N, h, G, I, KNOTS, w)
        logits = self.sharpness.float().view(-1, 1, 1, 1) * distance.permute(3, 0, 1, 2, 4)
        for knot, column in zip(field.unbind(4), cols, strict=True):
            logits = torch.addcmul(logits, knot.unsqueeze(4), column)
        return logits.permute(0, 2, 3, 4, 1, 5)


def _hats(places: Tensor) -> Tensor:
    """Weigh the knots, evenly spaced over [-1, 1], at each place: bilinear interpolation."""
    knots = torch.linspace(-1, 1, KNOTS, dtype=places.dtype, device=places.device).view(-1, 1, 1)
    return (1 - (places - knots).abs() * (KNOTS - 1) / 2).clamp(min=0)


_NEVER = -1e9  # a logit whose weight is 0, and so is its gradient
_LOW = -60.0  # where sigmoid and exponential are the same in float32
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


def normalize(
    logits: Tensor,
    normalizer: str | None,
    inside: Tensor | None = None,
    share: Tensor | None = None,
) -> Tensor:
    """Turn logits into coefficients, at least 0 and summing to one over the neighbours.

    Args:
        logits: float32 of shape (N, G, I, J, h, w).
        normalizer: 'sigmoid' (then divided by the sum), 'softmax', or None, which returns the
            logits as they are.
        inside: which neighbours count, bool of shape (I, J, h, w); None for all.
        share: how much of each of them, float32 in [0, 1]; None for all of it. Needs a normalizer.

    Returns:
        The coefficients, of the same shape.

    Example:
        >>> normalize(torch.zeros(1, 1, 2, 2, 1, 1), 'sigmoid').flatten().tolist()
        [0.25, 0.25, 0.25, 0.25]

    Source: DownsizeNet (Ma and Li), "coefficients".
    """
    if inside is not None:
        logits = torch.where(inside, logits, _NEVER if normalizer else 0.0)
    if normalizer is None:
        return logits
    if normalizer == 'softmax':
        weights = logits.flatten(2, 3).softmax(dim=2).unflatten(2, logits.shape[2:4])
        if share is None:
            return weights
    else:
        # Far below 0 the sigmoid is an exponential: a shift, which the division undoes, keeps the
        # sum from underflowing to 0.
        most = _maximum(_maximum(logits.detach(), 2), 3)
        weights = (logits + (_LOW - most).clamp(min=0)).sigmoid()
    if share is not None:
        weights = weights * share
    return weights / weights.sum(dim=(2, 3), keepdim=True)


def _maximum(values: Tensor, dim: int) -> Tensor:
    """Equal to ``values.amax(dim, keepdim=True)``, which is slow over a dimension amid others."""
    return reduce(torch.maximum, values.split(1, dim))
