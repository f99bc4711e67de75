"""What a score is made of: the means of some of its parts, such as the kinds of texture."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from ..reports import markdown_table, number
from .results import Result

Parts = Mapping[str, Sequence[str]]


def parts_table(results: Sequence[Result], parts: Parts) -> str:
    """Write a row for each setting and a column for each part, in points, over the seeds.

    Args:
        results: of one table; those of one setting differ by seed.
        parts: by title, the keys of the scores that a part is the mean of; in [0, 1] each.

    Raises:
        ValueError: a result lacks one of these scores.

    Example:
        >>> from dataclasses import replace
        >>> scores = dict(x=0.5, y=0.7)
        >>> made = Result('a', 'a.py', 'area', 0, {}, 'mAP', 60.0, scores, [], '', 1, {})
        >>> again = replace(made, seed=1, scores=dict(x=0.6, y=0.8))
        >>> print(parts_table([made, again], dict(both=['x', 'y'], first=['x'])))
        | interpolator | seeds |  both | first |
        |:-------------|------:|------:|------:|
        | area         |     2 | 65.00 | 55.00 |
    """
    settings: dict[str, list[Result]] = {}
    for result in results:
        varied = [f'{key}={value}' for key, value in result.varied.items()]
        settings.setdefault(' '.join([result.interpolator, *varied]), []).append(result)
    rows = [
        [
            setting,
            str(len(found)),
            *(number(fmean(_points(one, keys) for one in found)) for keys in parts.values()),
        ]
        for setting, found in settings.items()
    ]
    return markdown_table(['interpolator', 'seeds', *parts], rows)


def _points(result: Result, keys: Sequence[str]) -> float:
    missing = [key for key in keys if key not in result.scores]
    if missing:
        raise ValueError(f'{result.name} has no {", ".join(missing)}, but {list(result.scores)}')
    return 100 * fmean(result.scores[key] for key in keys)
