"""FLOPs of a pass, counted by torch: of convolutions and matrix products, wherever they are."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from mmengine.model import BaseModel
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

COUNTED = (
    'FLOPs are those of convolutions, matrix products and attention, a multiplication and an '
    'addition counted as 2, as torch.utils.flop_counter counts them; mmengine counts them as 1. '
    'Everything else (fixed interpolation, weighted sums, normalization, activations, RoI '
    'pooling) counts as 0.'
)


@dataclass(frozen=True)
class Cost:
    """What a model costs.

    Attributes:
        flops: of one pass of one image.
        parameters: how many numbers are learned.
    """

    flops: int
    parameters: int

    def __sub__(self, other: 'Cost') -> 'Cost':
        """Give what is left without the other."""
        return Cost(self.flops - other.flops, self.parameters - other.parameters)


@torch.no_grad()
def count_flops(step: Callable[[], object]) -> int:
    """Count the FLOPs of a step; see `COUNTED`.

    Example:
        >>> conv = nn.Conv2d(3, 16, 3, padding=1)
        >>> count_flops(lambda: conv(torch.rand(1, 3, 10, 10))) == 2 * 10 * 10 * 3 * 9 * 16
        True
    """
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()


@torch.no_grad()
def count_model(model: BaseModel, batch: dict) -> dict[str, Cost]:
    """Count what a model costs with its interpolator, and which part of it each has.

    One pass of the network over the image is counted (``mode='tensor'``), without
    post-processing; of slide inference, too, the one over the whole image.

    Args:
        model: behind a `DownsizePreprocessor`, in evaluation mode.
        batch: one image, as the data loader gives it.

    Returns:
        The costs of the ``interpolator``, the ``rest`` and the ``total``.
    """
    interpolator = model.data_preprocessor.interpolator
    with FlopCounterMode(display=False) as counter:
        marks = []

        def mark(*_: object) -> None:
            marks.append(counter.get_total_flops())

        hooks = [interpolator.register_forward_pre_hook(mark)]
        hooks.append(interpolator.register_forward_hook(mark))
        try:
            model(**model.data_preprocessor(batch), mode='tensor')
        finally:
            for hook in hooks:
                hook.remove()
    spent = sum(marks[1::2]) - sum(marks[::2])
    part = Cost(spent, _parameters(interpolator))
    total = Cost(counter.get_total_flops(), _parameters(model))
    return dict(interpolator=part, rest=total - part, total=total)


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
