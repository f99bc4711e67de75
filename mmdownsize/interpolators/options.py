"""Options that several interpolators have: what they default to, and what they may be."""

import math
from collections.abc import Sequence
from numbers import Real

import torch
from torch import Tensor

IMAGENET_MEAN_BGR = (103.53, 116.28, 123.675)
IMAGENET_STD_BGR = (57.375, 57.12, 58.395)


def mean_and_std(
    mean: float | Sequence[float] | None, std: float | Sequence[float] | None, channels: int
) -> tuple[Tensor, Tensor]:
    """Give each channel its mean and its standard deviation.

    Args:
        mean, std: a number or one a channel. None: ImageNet's (BGR) for three channels, else 0
            and 1.
        channels: how many there are.

    Returns:
        Both float32 of shape (channels,).

    Raises:
        ValueError: the numbers are too many or too few, not finite, or a std is not above 0.

    Example:
        >>> mean, std = mean_and_std(None, 2.0, 3)
        >>> std.tolist()
        [2.0, 2.0, 2.0]
    """
    imagenet = channels == 3
    mean = _per_channel('mean', mean, IMAGENET_MEAN_BGR if imagenet else 0.0, channels)
    std = _per_channel('std', std, IMAGENET_STD_BGR if imagenet else 1.0, channels)
    if not (std > 0).all():
        raise ValueError(f'std is greater than 0, got {std.tolist()}')
    return mean, std


def check_counts(**counts: int) -> None:
    """Raise a ValueError that names the first of the options that is no whole number from 1 up."""
    for name, count in counts.items():
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise ValueError(f'{name} is a whole number of at least 1, got {count!r}')


def check_positive(**numbers: float) -> None:
    """Raise a ValueError that names the first of the options that is no finite number above 0."""
    for name, number in numbers.items():
        if not isinstance(number, Real) or not 0 < number < math.inf:
            raise ValueError(f'{name} is a finite number greater than 0, got {number!r}')


def check_one_of(name: str, value: object, known: tuple) -> None:
    """Raise a ValueError that names the values known, if this is none of them, its type too."""
    if not any(value == one and type(value) is type(one) for one in known):
        raise ValueError(f'{name} is one of {", ".join(map(repr, known))}, got {value!r}')


def _per_channel(
    name: str,
    values: float | Sequence[float] | None,
    default: float | Sequence[float],
    channels: int,
) -> Tensor:
    try:
        values = torch.as_tensor(default if values is None else values, dtype=torch.float32)
    except (TypeError, ValueError):
        raise ValueError(
            f'{name} is one number or {channels}, one a channel; got {values!r}'
        ) from None
    values = values.flatten()
    if len(values) not in (1, channels):
        raise ValueError(f'{name} is one number or {channels}, one a channel; got {len(values)}')
    if not values.isfinite().all():
        raise ValueError(f'{name} is finite, got {values.tolist()}')
    return values.expand(channels).clone()
