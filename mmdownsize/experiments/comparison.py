"""The results of an experiment, put side by side: a row for each setting, over its seeds."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..reports import markdown_table, number
from .results import Result
from .statistics import Estimate, estimate, paired_difference

BASELINE = 'bilinear'


@dataclass(frozen=True)
class Row:
    """One setting.

    Attributes:
        interpolator: see `Run.interpolator`.
        varied: see `Run.varied`.
        scores: by seed, in points.
        score: their mean.
        difference: to the baseline of the same `varied`, by the same seeds, of a baseline to the
            one with fewer of them; None where there is no such, or it has not run.
    """

    interpolator: str
    varied: dict
    scores: dict[int, float]
    score: Estimate
    difference: Estimate | None


@dataclass(frozen=True)
class Comparison:
    """The rows of an experiment.

    Attributes:
        metric: title of the score.
        baseline: interpolator that the others are compared with.
        rows: in the order of the results.
    """

    metric: str
    baseline: str
    rows: list[Row]

    def markdown(self) -> str:
        """Write the table in Markdown."""
        head = ['interpolator', *short_names(self._varied()), 'seeds', self.metric, 'deviation']
        head += [f'minus {self.baseline}', '95 % interval', 'each seed']
        return markdown_table(head, [self._cells(row) for row in self.rows])

    def csv(self) -> str:
        """Write a line for each setting, in full precision."""
        text = io.StringIO()
        lines = [self._record(row) for row in self.rows]
        writer = csv.DictWriter(text, list(lines[0]), lineterminator='\n')
        writer.writeheader()
        writer.writerows(lines)
        return text.getvalue()

    def json(self) -> str:
        """Write all numbers."""
        rows = [dict(self._record(row), scores=row.scores) for row in self.rows]
        return json.dumps(dict(metric=self.metric, baseline=self.baseline, rows=rows), indent=2)

    def _varied(self) -> list[str]:
        return varied_keys(self.rows)

    def _cells(self, row: Row) -> list[str]:
        return [
            row.interpolator,
            *(str(row.varied.get(key, '')) for key in self._varied()),
            str(row.score.count),
            number(row.score.mean),
            number(row.score.deviation),
            _difference(row),
            written_interval(row.difference),
            ', '.join(number(row.scores[seed]) for seed in sorted(row.scores)),
        ]

    def _record(self, row: Row) -> dict[str, object]:
        low, high = (row.difference and row.difference.interval) or (None, None)
        return dict(
            interpolator=row.interpolator,
            **{key: row.varied.get(key) for key in self._varied()},
            seeds=row.score.count,
            mean=row.score.mean,
            deviation=row.score.deviation,
            difference=row.difference and row.difference.mean,
            paired_seeds=row.difference and row.difference.count,
            low=low,
            high=high,
        )


def compare(results: Sequence[Result], baseline: str = BASELINE) -> Comparison:
    """Put results side by side.

    Args:
        results: of one experiment; at least one.
        baseline: interpolator that the others are compared with, seed by seed.

    Raises:
        ValueError: there is none, they are measured by several metrics or trained on several
            numbers of processes, or two are of the same setting and seed.
    """
    if not results:
        raise ValueError('there is no result to compare yet')
    metrics = sorted({result.metric for result in results})
    if len(metrics) > 1:
        raise ValueError(f'one table holds one metric, got {", ".join(metrics)}')
    processes = sorted({result.run.get('processes', 1) for result in results})
    if len(processes) > 1:
        raise ValueError(
            f'one table holds runs on one number of processes, got {processes}: the batch grows '
            'with it. Give each its own --results and --work-dir'
        )
    settings = [
        (found[0], {result.seed: result.score for result in found}) for found in by_setting(results)
    ]
    rows = []
    for first, scores in settings:
        theirs = _baseline_of(first, settings, baseline)
        difference = paired_difference(scores, theirs)
        score = estimate(list(scores.values()))
        rows.append(Row(first.interpolator, first.varied, scores, score, difference))
    return Comparison(metrics[0], baseline, rows)


def by_setting(results: Sequence[Result]) -> list[list[Result]]:
    """Put the results of one setting together; they differ by seed.

    Raises:
        ValueError: two are of the same setting and seed.
    """
    settings: dict[str, list[Result]] = {}
    for result in results:
        setting = json.dumps([result.interpolator, result.varied], sort_keys=True)
        found = settings.setdefault(setting, [])
        if result.seed in {other.seed for other in found}:
            raise ValueError(f'{result.name}: another result has the same setting and seed')
        found.append(result)
    return list(settings.values())


def varied_keys(results: Iterable[Result | Row]) -> list[str]:
    """List what is varied: columns of a table."""
    return list(dict.fromkeys(key for result in results for key in result.varied))


def short_names(keys: Sequence[str]) -> list[str]:
    """Shorten dotted keys to what is behind the last dot, where that is no other's too.

    Example:
        >>> short_names(['a.lr_mult', 'train_cfg.max_epochs', 'source train_cfg.max_epochs'])
        ['lr_mult', 'max_epochs', 'source max_epochs']
        >>> short_names(['a.lr', 'b.lr'])
        ['a.lr', 'b.lr']
    """
    names = [re.sub(r'[^ ]+[.]', '', key) for key in keys]
    return [name if names.count(name) == 1 else key for name, key in zip(names, keys, strict=True)]


def written_interval(difference: Estimate | None) -> str:
    """Write the 95 % interval of a difference; nothing where there is none.

    Example:
        >>> written_interval(estimate([1.0, 1.0]))
        '+1.00 to +1.00'
    """
    interval = difference and difference.interval
    return '' if interval is None else f'{interval[0]:+.2f} to {interval[1]:+.2f}'


def shares_settings(theirs: Result, ours: Result) -> bool:
    """Tell whether theirs has all that was varied as ours has it.

    What it does not know of, such as how long the source of an interpolator was trained, it may
    lack.
    """
    return theirs.varied.items() <= ours.varied.items()


def _difference(row: Row) -> str:
    difference = row.difference
    if difference is None:
        return ''
    some = '' if difference.count == row.score.count else f' (of {difference.count})'
    return f'{difference.mean:+.2f}{some}'


def _baseline_of(
    ours: Result, settings: Iterable[tuple[Result, dict[int, float]]], baseline: str
) -> dict[int, float]:
    """Find the scores of the baseline that shares most of what was varied with ours.

    Ours may be the baseline itself, at a setting that another does not have.
    """
    fitting = [
        (len(other.varied), scores)
        for other, scores in settings
        if other.interpolator == baseline
        and shares_settings(other, ours)
        and (ours.interpolator != baseline or other.varied != ours.varied)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else {}
