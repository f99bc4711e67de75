"""A picture of a comparison: every seed, the means, and the differences with their intervals."""

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .comparison import Comparison, Row, short_names

_LONGEST_LINE = 60  # characters of a title; the scores need room beside it


def draw_scores(comparison: Comparison) -> Figure:
    """Draw a row for each setting: its scores on the left, its difference on the right.

    A small dot is a seed, the bar their mean; on the right the line is the 95 % interval of the
    mean difference to the baseline. Where it reaches further than the scores themselves, as of two
    seeds it may, it leaves the picture, which the others would be too small in.

    Example:
        >>> from mmdownsize.experiments.comparison import Comparison, Row
        >>> from mmdownsize.experiments.statistics import estimate
        >>> row = Row('bilinear', {}, {0: 50.0}, estimate([50.0]), None)
        >>> len(draw_scores(Comparison('mIoU', 'bilinear', [row])).axes)
        2
    """
    titles = [_title(row) for row in comparison.rows]
    lines = max(title.count('\n') + 1 for title in titles)
    height = 1.3 + 0.36 * len(titles) * max(1, lines / 2)
    figure = Figure(figsize=(10, height), layout='constrained')
    left, right = figure.subplots(1, 2, sharey=True)
    for place, row in enumerate(comparison.rows):
        _draw_row(left, right, place, row)
    left.set_yticks(range(len(titles)), titles)
    left.set_ylim(len(titles) - 0.5, -0.5)
    left.set_xlabel(comparison.metric)
    right.set_xlabel(f'minus {comparison.baseline}, {comparison.metric}, 95 % interval')
    right.axvline(0, color='0.6', linewidth=1)
    right.set_xlim(_limits(comparison.rows))
    for axis in (left, right):
        axis.grid(axis='x', color='0.9')
        axis.set_axisbelow(True)
        axis.spines[['top', 'right']].set_visible(False)
    return figure


def _draw_row(left: Axes, right: Axes, place: int, row: Row) -> None:
    left.plot(list(row.scores.values()), [place] * len(row.scores), 'o', color='C0', alpha=0.5)
    left.plot([row.score.mean], [place], '|', color='C0', markersize=16, markeredgewidth=2)
    if row.difference is not None:
        right.errorbar(
            [row.difference.mean],
            [place],
            xerr=row.difference.margin,
            fmt='o',
            color='C1',
            capsize=3,
        )


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    scores = [score for row in rows for score in row.scores.values()]
    reach = max(scores) - min(scores)
    ends = [0.0]
    for difference in (row.difference for row in rows if row.difference is not None):
        margin = min(difference.margin or 0.0, reach)
        ends += [difference.mean - margin, difference.mean + margin]
    edge = 0.05 * (max(ends) - min(ends)) or 1.0
    return min(ends) - edge, max(ends) + edge


def _title(row: Row) -> str:
    names = short_names(list(row.varied))
    varied = [f'{name}={value}' for name, value in zip(names, row.varied.values(), strict=True)]
    return textwrap.fill(
        ' '.join([row.interpolator, *varied]),
        _LONGEST_LINE,
        break_long_words=False,
        break_on_hyphens=False,
    )
