"""The neighbours of the output pixels along one axis."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from numbers import Real

import torch
from torch import Tensor

from ..ops import axis_distance, covered, neighbour_indices, project, top_left


@dataclass(frozen=True)
class Axis:
    """Neighbours of the n output pixels of one axis, I of them each.

    Attributes:
        first: the neighbour P, int64 of shape (n,).
        taps: all neighbours, int64 of shape (I, n); they may lie outside the image.
        inside: which of them take part, bool of shape (I, n).
        share: how much of each takes part, float32 of shape (I, n), in [0, 1].
        weights: of the neighbours by their distance from each of S places, float32 of shape
            (S, I, n), summing to one over the neighbours.
        spread: each neighbour's place on the support, float32 of shape (I, n); in [-1, 1] where
            it takes part.
        source: input pixels.
        target: output pixels of the whole axis.
        even: the neighbours P as a range, where the ratio is whole; else None.
    """

    first: Tensor
    taps: Tensor
    inside: Tensor
    share: Tensor
    weights: Tensor
    spread: Tensor
    source: int
    target: int
    even: range | None

    @classmethod
    def project(
        cls,
        source: int,
        target: int,
        *,
        taps: int | str,
        distance: str,
        shifts: tuple[float, ...] = (0.0,),
        coverage: bool = False,
        device: torch.device,
    ) -> 'Axis':
        """Find the neighbours: `taps` of them, or with 'support' all that antialiasing reads.

        Of a fixed number of neighbours, those outside the image stand for the pixel at its border;
        a support is cut off there. Both as in torch, without and with ``antialias=True``.
        `distance` is one of `mmdownsize.ops.DISTANCES`. Each of the `shifts`, in output pixels,
        gives a place beside the projected point, as far as the neighbours reach, from which
        distances are measured. With `coverage`, as much of a neighbour takes part as the output
        pixel covers.
        """
        first, offset = project(source, target, device=device)
        scale = source / target
        radius = max(1, math.ceil(scale)) if taps == 'support' else taps // 2
        indices = neighbour_indices(first, radius)
        inside = torch.ones_like(indices, dtype=torch.bool)
        if taps == 'support':
            inside = (indices >= 0) & (indices < source)
            inside &= (indices - first - offset).abs() < max(scale, 1.0)
        places = [(offset + shift * scale).clamp(1 - radius, radius) for shift in shifts]
        if taps == 'support':  # a place beyond the border would have no neighbour there
            places = [place.maximum(-first).minimum(source - 1 - first) for place in places]
        weights = torch.stack(
            [axis_distance(distance, place, radius=radius, scale=scale) for place in places]
        )
        weights = weights * inside
        weights = weights / weights.sum(dim=1, keepdim=True)
        share = torch.ones_like(weights[0])
        if coverage:
            share = covered(indices, source, target).float() / target
        inside &= share > 0
        spread = torch.arange(1 - radius, radius + 1, device=device)[:, None] - offset
        spread = spread / max(scale, 1.0)
        step = source // target
        whole = step * target == source
        even = range(top_left(0, source, target), source, step) if whole else None
        return cls(first, indices, inside, share, weights, spread, source, target, even)

    @classmethod
    def recall(cls, image: Tensor, dim: int, target: int, **options) -> 'Axis':
        """Project an axis of an image as `project` does, or find it done.

        On a GPU the many small steps of a projection take longer than all the rest of a small
        image; they are the same for every image of a size. What is found is shared: it is not to
        be changed. Nothing is kept of a graph that is traced or captured, or of anything but plain
        tensors.
        """
        traced = torch.compiler.is_compiling() or type(image) is not Tensor
        captured = image.is_cuda and torch.cuda.is_current_stream_capturing()
        source = image.shape[dim]
        if torch.jit.is_tracing():
            traced, source = True, int(source)
        find = cls.project if traced or captured else _remember
        return find(source, target, device=image.device, **options)

    @property
    def scale(self) -> float:
        """Input pixels per output pixel."""
        return self.source / self.target

    def part(self, start: int, stop: int, *, halo: int) -> tuple[slice, 'Axis']:
        """Cut out the output pixels from `start` to `stop`.

        Args:
            start: the first of them.
            stop: the one behind the last.
            halo: input pixels on either side of the neighbours P that are needed, too.

        Returns:
            The input pixels that are needed, and the axis whose neighbours are counted from the
            first of these.
        """
        before = top_left(start, self.source, self.target) - max(halo, self.radius - 1)
        # A neighbour outside the image stands for the first pixel, and needs what is around that.
        last = max(0, top_left(stop - 1, self.source, self.target))
        behind = last + max(halo, self.radius) + 1
        before, behind = max(0, before), min(self.source, behind)
        even = self.even
        if even is not None:
            even = range(even[start] - before, even[stop - 1] - before + 1, even.step)
        return slice(before, behind), replace(
            self,
            even=even,
            first=self.first[start:stop] - before,
            taps=self.taps[:, start:stop] - before,
            inside=self.inside[:, start:stop],
            share=self.share[:, start:stop],
            weights=self.weights[..., start:stop],
            spread=self.spread[:, start:stop],
        )

    @property
    def places(self) -> Tensor | range:
        """The neighbours P, as a range where they are evenly spaced."""
        return self.first if self.even is None else self.even

    @property
    def radius(self) -> int:
        """Neighbours on either side of the projected point."""
        return len(self.taps) // 2


def places_of_groups(phase: float, groups: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Place groups evenly around the centre of an output pixel, the first one above it.

    Args:
        phase: how far from the centre, in output pixels, from 0 to 0.5.
        groups: how many; at least two, unless the phase is 0.

    Returns:
        Their shifts down and to the right, in output pixels; one of each for all groups where the
        phase is 0.

    Raises:
        ValueError: one of them is out of range.

    Example:
        >>> down, right = places_of_groups(0.25, 2)
        >>> down
        (-0.25, 0.25)
    """
    if not isinstance(phase, Real) or not 0 <= phase <= 0.5:
        raise ValueError(f'phase is from 0 to 0.5 output pixels, got {phase!r}')
    if not phase:
        return (0.0,), (0.0,)
    if groups < 2:
        raise ValueError(
            f'phase={phase} needs groups with places of their own: set coef_groups to in_channels'
        )
    angles = [2 * math.pi * group / groups for group in range(groups)]
    down = tuple(-phase * math.cos(angle) for angle in angles)
    return down, tuple(phase * math.sin(angle) for angle in angles)


@lru_cache(maxsize=128)
def _remember(source: int, target: int, **options) -> Axis:
    with torch.inference_mode(False):  # gradients may be asked for later
        return Axis.project(source, target, **options)
