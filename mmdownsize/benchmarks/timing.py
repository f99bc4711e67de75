"""Times taken in turn, so that noise hits all that are compared alike."""

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

Measure = Callable[[], float]
"""Does something once and says how many seconds it took."""


def stopwatch(
    step: Callable[[], object],
    device: torch.device | str = 'cpu',
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Measure:
    """Turn a step into a measure of it.

    Args:
        step: what is timed.
        device: where it computes. A CUDA device is waited for, before and after.
        clock: gives the time in seconds.

    Example:
        >>> stopwatch(lambda: sum(range(1000)))() > 0
        True
    """
    device = torch.device(device)

    def measure() -> float:
        _wait(device)
        start = clock()
        step()
        _wait(device)
        return clock() - start

    return measure


def interleave(
    measures: Mapping[str, Measure], rounds: int, *, warm_up: int = 1
) -> dict[str, list[float]]:
    """Take measures in turn: one of each, then one of each again.

    Args:
        measures: by name.
        rounds: how many times each counts, at least 1.
        warm_up: rounds before them that do not count.

    Returns:
        The seconds of each, round by round.

    Raises:
        ValueError: `rounds` is less than 1 or `warm_up` less than 0.

    Example:
        >>> interleave({'one': lambda: 1.0, 'two': lambda: 2.0}, 3)
        {'one': [1.0, 1.0, 1.0], 'two': [2.0, 2.0, 2.0]}
    """
    if rounds < 1 or warm_up < 0:
        raise ValueError(
            f'at least 1 round and 0 to warm up are needed, got {rounds} and {warm_up}'
        )
    times = {name: [] for name in measures}
    for turn in range(warm_up + rounds):
        for name, measure in measures.items():
            seconds = measure()
            if turn >= warm_up:
                times[name].append(seconds)
    return times


def ratio(times: Sequence[float], reference: Sequence[float]) -> float:
    """Give the median over the rounds of what one took in proportion to the other.

    Each round is divided by itself: a round that the whole machine spends more slowly counts as
    any other.

    Example:
        >>> ratio([2.0, 20.0, 2.0], [1.0, 10.0, 1.0])
        2.0
    """
    return float(np.median(np.divide(times, reference)))


def summarize(
    times: Mapping[str, Sequence[float]], reference: str = 'bilinear'
) -> dict[str, dict[str, float | None]]:
    """Summarize the seconds of each round.

    Args:
        times: as `interleave` gives them.
        reference: name of what the others are compared with; it may be absent.

    Returns:
        For each, in milliseconds, the median ``median_ms`` and the quartiles ``lower_ms`` and
        ``upper_ms``; and ``ratio``, see `ratio`, or None where there is no reference.

    Example:
        >>> summarize(dict(bilinear=[1.0, 2.0, 3.0]))['bilinear']
        {'median_ms': 2000.0, 'lower_ms': 1500.0, 'upper_ms': 2500.0, 'ratio': 1.0}
    """
    summary = {}
    for name, seconds in times.items():
        lower, median, upper = (1000 * np.percentile(seconds, [25, 50, 75])).tolist()
        compared = ratio(seconds, times[reference]) if reference in times else None
        summary[name] = dict(median_ms=median, lower_ms=lower, upper_ms=upper, ratio=compared)
    return summary


def _wait(device: torch.device) -> None:
    if device.type == 'cuda':
        torch.cuda.synchronize(device)
