"""What a score is made of: the means of some of its parts, such as the kinds of texture."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from ..config import read_interpolator
from ..reports import markdown_table, number
from .comparison import (
    by_setting,
    shares_settings,
    short_names,
    varied_keys,
    written_interval,
)
from .metrics import Metric
from .results import Result
from .statistics import Estimate, paired_difference

Parts = Mapping[str, Sequence[str]]


def parts_table(results: Sequence[Result], parts: Parts, metric: Metric) -> str:
    """Write a row for each setting and a column for each part, in points, over the seeds.

    Args:
        results: of one table.
        parts: by title, the keys of the scores that a part is the mean of; a score that is None,
            of a class that does not occur, is left out.
        metric: that the scores are on the scale of.

    Raises:
        ValueError: a result lacks one of these scores.

    Example:
        >>> from dataclasses import replace
        >>> scores = dict(x=0.5, y=0.7)
        >>> made = Result('a', 'a.py', 'area', 0, {}, 'mAP', 60.0, scores, [], '', 1, {})
        >>> again = replace(made, seed=1, scores=dict(x=0.6, y=0.8))
        >>> metric = Metric('x', 'mAP', perfect=1.0)
        >>> print(parts_table([made, again], dict(both=['x', 'y'], first=['x']), metric))
        | interpolator | seeds |  both | first |
        |:-------------|------:|------:|------:|
        | area         |     2 | 65.00 | 55.00 |
    """
    varied = varied_keys(results)
    rows = []
    for found in by_setting(results):
        settings = [str(found[0].varied.get(key, '')) for key in varied]
        means = [
            number(_mean(_points(one, keys, metric) for one in found)) for keys in parts.values()
        ]
        rows.append([found[0].interpolator, *settings, str(len(found)), *means])
    return markdown_table(['interpolator', *short_names(varied), 'seeds', *parts], rows)


def best_fixed_table(results: Sequence[Result], parts: Parts, metric: Metric) -> str:
    """Write, of each part, how much more learned interpolators have than the best fixed one.

    The best is another for each part: one that serves fine stripes may not serve grain. It is
    that of the highest mean over the seeds that both have; of those with two seeds or more, where
    there are any. See `shares_settings` for which are compared.

    Args:
        results, parts, metric: see `parts_table`.

    Returns:
        The table; empty where no learned interpolator has a seed in common with a fixed one.

    Raises:
        ValueError: a result lacks one of these scores.
    """
    settings = by_setting(results)
    fixed = [found for found in settings if _is_fixed(found[0])]
    learned = [found for found in settings if not _is_fixed(found[0])]
    varied = varied_keys(found[0] for found in learned)
    rows = []
    for found in learned:
        ours = found[0]
        fitting = [other for other in fixed if shares_settings(other[0], ours)]
        for title, keys in parts.items():
            best = _best(found, fitting, keys, metric)
            if best is not None:
                name, difference = best
                rows.append(
                    [
                        ours.interpolator,
                        *(str(ours.varied.get(key, '')) for key in varied),
                        title,
                        name,
                        str(difference.count),
                        f'{difference.mean:+.2f}',
                        written_interval(difference),
                    ]
                )
    head = ['interpolator', *short_names(varied), 'part', 'best fixed', 'seeds', 'minus best fixed']
    return markdown_table([*head, '95 % interval'], rows) if rows else ''


def _best(
    found: Sequence[Result],
    fitting: Sequence[Sequence[Result]],
    keys: Sequence[str],
    metric: Metric,
) -> tuple[str, Estimate] | None:
    """Name the best of some interpolators, and estimate how much more another has than it."""
    ours = _by_seed(found, keys, metric)
    known = []
    for other in fitting:
        theirs = _by_seed(other, keys, metric)
        if difference := paired_difference(ours, theirs):
            mean = fmean(theirs[seed] for seed in ours.keys() & theirs.keys())
            known.append((difference.count > 1, mean, other[0].interpolator, difference))
    return max(known, key=lambda each: each[:2])[2:] if known else None


def _is_fixed(result: Result) -> bool:
    return read_interpolator(result.interpolator)['type'] == 'FixedInterpolator'


def _by_seed(found: Sequence[Result], keys: Sequence[str], metric: Metric) -> dict[int, float]:
    """Give the scores of a part by seed, without those of which none of its classes occurs."""
    points = {one.seed: _points(one, keys, metric) for one in found}
    return {seed: value for seed, value in points.items() if value is not None}


def _points(result: Result, keys: Sequence[str], metric: Metric) -> float | None:
    missing = [key for key in keys if key not in result.scores]
    if missing:
        raise ValueError(f'{result.name} has no {", ".join(missing)}, but {list(result.scores)}')
    mean = _mean(result.scores[key] for key in keys)
    return None if mean is None else 100 * mean / metric.perfect


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
