"""Interpolators measured at a size: time, memory, FLOPs, the fast path against the plain one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from ..interpolators import Interpolator
from .agreement import path_difference
from .contestants import Contestant
from .flops import count_flops
from .passes import (
    DTYPES,
    forward_step,
    make_training_step,
    random_image,
    training_step,
    why_unable,
)
from .peak_memory import peak_cuda_memory, peak_memory
from .size_spec import SizeSpec
from .timing import interleave, ratio, stopwatch, summarize

PARTS = ('time', 'memory', 'difference', 'flops')
Size = tuple[int, int]
_SMALL = 48, 48


@dataclass(frozen=True)
class Setting:
    """How interpolators are measured.

    Attributes:
        batch: images at a time.
        rounds: how many times everything is timed.
        device: 'cpu' or 'cuda'.
        dtype: one of `DTYPES`, of images and parameters.
    """

    batch: int = 1
    rounds: int = 20
    device: str = 'cpu'
    dtype: str = 'fp32'

    def build(self, contestants: Sequence[Contestant]) -> dict[str, Interpolator]:
        """Build interpolators where they are measured."""
        return {one.name: one.build().to(self.device, DTYPES[self.dtype]) for one in contestants}

    def image(self, source: Size) -> torch.Tensor:
        """Make a batch of images where it is measured."""
        return random_image(self.batch, source, device=self.device, dtype=DTYPES[self.dtype])


def leave_out_unable(
    contestants: Sequence[Contestant], setting: Setting
) -> tuple[list[Contestant], dict[str, str]]:
    """Tell the contestants that torch can compute from the others.

    Returns:
        Those that can; and why the others cannot, by their names.
    """
    where = dict(device=setting.device, dtype=DTYPES[setting.dtype])
    reasons = {one.name: why_unable(one, **where) for one in contestants}
    able = [one for one in contestants if reasons[one.name] is None]
    return able, {name: reason for name, reason in reasons.items() if reason is not None}


def measure_size(
    contestants: Sequence[Contestant],
    size: SizeSpec,
    setting: Setting,
    *,
    parts: Sequence[str] = PARTS,
) -> dict:
    """Measure all interpolators at one size.

    Args:
        contestants: what `read_contestants` gives.
        size: with a target.
        setting: how it is measured.
        parts: what of `PARTS` is measured.

    Returns:
        ``source``, ``target`` and, by contestant: ``forward`` and ``training`` (see `summarize`),
        ``memory_bytes`` of a training step, the ``difference`` of DownsizeNets (see
        `path_difference`) and the ``flops`` of one image. ``speed_up`` says, by DownsizeNet and
        other learned interpolator, how many times faster it is, ``forward`` and ``training``.

    Raises:
        ValueError: the size names no target.
    """
    sizes = size.source, size.target
    result = dict(source=list(sizes[0]), target=list(sizes[1]))
    if 'time' in parts:
        times = time_passes(setting.build(contestants), *sizes, setting=setting)
        result |= {name: summarize(taken) for name, taken in times.items()}
        result['speed_up'] = _speed_ups(contestants, times)
    if 'memory' in parts:
        result['memory_bytes'] = {
            one.name: _memory(one, *sizes, setting=setting) for one in contestants
        }
    if 'difference' in parts:
        result['difference'] = {
            one.name: path_difference(one, *sizes, batch=setting.batch, device=setting.device)
            for one in contestants
            if one.is_downsize_net
        }
    if 'flops' in parts:
        image = random_image(1, size.source)
        nets = {one.name: one.build() for one in contestants}
        result['flops'] = {
            name: count_flops(forward_step(net, image, size.target)) for name, net in nets.items()
        }
    return result


def time_passes(
    nets: Mapping[str, Interpolator], source: Size, target: Size, *, setting: Setting
) -> dict[str, dict[str, list[float]]]:
    """Time the inference of interpolators in turn, then their training.

    Returns:
        The seconds of each round, by ``forward`` or ``training`` and interpolator.
    """
    image = setting.image(source)
    times = {}
    for kind, make_step in (('forward', forward_step), ('training', training_step)):
        measures = {
            name: stopwatch(make_step(net, image, target), setting.device)
            for name, net in nets.items()
        }
        times[kind] = interleave(measures, setting.rounds)
    return times


def _memory(contestant: Contestant, source: Size, target: Size, *, setting: Setting) -> int:
    # The small step has the ratio of the large one, so that the same code runs.
    small = tuple(
        max(1, round(edge * after / before))
        for edge, before, after in zip(_SMALL, source, target, strict=True)
    )
    if torch.device(setting.device).type == 'cuda':
        net = setting.build([contestant])[contestant.name]
        training_step(net, setting.image(_SMALL), small)()
        net.zero_grad()
        step = training_step(net, setting.image(source), target)
        return peak_cuda_memory(step, torch.device(setting.device))
    return peak_memory(
        make_training_step,
        (contestant, setting.batch, source, target, setting.dtype),
        warm_up=(contestant, 1, _SMALL, small, setting.dtype),
    )


def _speed_ups(
    contestants: Sequence[Contestant], times: Mapping[str, Mapping[str, Sequence[float]]]
) -> dict[str, dict[str, dict[str, float]]]:
    """Compare DownsizeNets with the other interpolators that have parameters."""
    learned = [one for one in contestants if any(True for _ in one.build().parameters())]
    rivals = [one.name for one in learned if one.config['type'] != 'DownsizeNet']
    return {
        one.name: {
            rival: {kind: ratio(taken[rival], taken[one.name]) for kind, taken in times.items()}
            for rival in rivals
        }
        for one in learned
        if rivals and one.is_downsize_net
    }
