"""What a score is made of: the means of some of its parts, such as the kinds of texture."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from ..reports import markdown_table, number
from .comparison import by_setting, short_names, varied_keys
from .metrics import Metric
from .results import Result

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


def _points(result: Result, keys: Sequence[str], metric: Metric) -> float | None:
    missing = [key for key in keys if key not in result.scores]
    if missing:
        raise ValueError(f'{result.name} has no {", ".join(missing)}, but {list(result.scores)}')
    mean = _mean(result.scores[key] for key in keys)
    return None if mean is None else 100 * mean / metric.perfect


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
