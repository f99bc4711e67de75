"""What several seeds say: mean, spread, and the paired difference to a baseline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from scipy.stats import t

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds.

    Attributes:
        mean: of the values.
        deviation: their sample standard deviation; None of a single one.
        margin: half the width of the 95 % interval of the mean, by Student's t; None of a single
            value.
        count: of values.
    """

    mean: float
    deviation: float | None
    margin: float | None
    count: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the mean; None of a single value."""
        return None if self.margin is None else (self.mean - self.margin, self.mean + self.margin)


def estimate(values: Sequence[float]) -> Estimate:
    """Estimate a mean from independent values.

    Args:
        values: at least one.

    Raises:
        ValueError: there is none.

    Example:
        >>> found = estimate([1.0, 2.0, 3.0])
        >>> found.mean, found.deviation, round(found.margin, 2)
        (2.0, 1.0, 2.48)
    """
    if not values:
        raise ValueError('a mean needs at least one value')
    if len(values) == 1:
        return Estimate(values[0], None, None, 1)
    deviation = stdev(values)
    quantile = float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1))
    return Estimate(
        fmean(values), deviation, quantile * deviation / math.sqrt(len(values)), len(values)
    )


def paired_difference(ours: dict[int, float], theirs: dict[int, float]) -> Estimate | None:
    """Estimate how much more we have than they, seed by seed.

    The same seed gives both the same order of the data and the same start of the model, so that
    the differences vary less than the scores do.

    Args:
        ours, theirs: scores by seed.

    Returns:
        The difference over the seeds that both have; None if there are none.

    Example:
        >>> paired_difference({0: 50.0, 1: 47.0}, {0: 49.0, 1: 46.0, 2: 40.0}).interval
        (1.0, 1.0)
    """
    both = sorted(ours.keys() & theirs.keys())
    return estimate([ours[seed] - theirs[seed] for seed in both]) if both else None
