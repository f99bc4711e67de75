"""The page of all results: every table with its commands, data, seeds, machine and date."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .comparison import compare
from .grid import SEEDS, Experiment, Table
from .metrics import metric_of
from .parts import best_fixed_table, parts_table
from .report import write_comparison
from .results import Result, Results
from .run import Run
from .timing import timing_table

PAGE = Path('docs/results.md')
TIMING = 'speed/timing.json'
TIMINGS = 'speed/timing*.json'
"""Those of other machines are there too, under other names."""
INTRODUCTION = """# Results

What was measured of the paper's experiments, and of ablations of our own, at laptop size, by
`python tools/reproduce.py`. This page is made of the files in `results/runs/` by `python
tools/reproduce.py page`; nothing is written by hand. Scores are in points, 0 to 100. A difference
is to the fixed interpolation that its column or its row names, with the same seeds, and its
interval holds the mean difference with 95 % confidence (Student's t): where it holds 0, or where
there is one seed only, no difference is proved; of twenty intervals, one misses by chance. Where
the column of a setting is empty, it is as the config has it (at laptop size, `lr_mult`, the
interpolator's share of the learning rate, is 0.1, and that of the filters of `dsnet_averaging` and
`dsnet_nearest` 0.01; all end at the floor of the schedule, 1e-5). Where it is 0.0, the
interpolator is frozen as it starts. Every run of these tables that came to its end,
with the settings that its config has now, is here. Where one was repeated by newer code, the newer
stands for it; those of area averaging by another formula than that of today are gone; the history
of `results/runs/` keeps both. With one seed, all rows have the same order of the data and the same
start of the model; in runs of a learned interpolator that name a commit before 627be2b, the model
started elsewhere, and their differences vary more. On a processor of another kind, which rounds
otherwise, or with older code, the same training ends elsewhere (FCN on CamVid behind bilinear
interpolation, with seed 1: at 51.16 and at 52.71): pairs of such runs vary as those of two seeds
do. Where `data_root` is `data/texture_told/`, the grain of the mixture was averaged beforehand, as
area averaging would: `nearest` is there an interpolation that is told where the grain is.
[pictures.md](pictures.md) shows what the interpolators do."""


def results_page(experiments: Mapping[str, Experiment], folder: Path) -> str:
    """Give the text of `PAGE` in Markdown; write the tables and plots that it shows.

    Args:
        experiments: by their names.
        folder: with the results of ``runs/`` and `TIMINGS`; gets ``tables/``.

    Raises:
        ValueError: a result is damaged.
    """
    results = Results(folder / 'runs')
    seeds = sorted({*SEEDS, *results.seeds()})
    blocks = [INTRODUCTION]
    for name, experiment in experiments.items():
        blocks += [f'## {experiment.title}', f'The paper: {experiment.paper}']
        for size in ('mini', 'full'):
            tables, shown = experiment.tables(size), []
            for table in tables:
                looked_up = [(run, results.find(run)) for run in table.runs(seeds)]
                if found := [result for _, result in looked_up if result]:
                    missing = [run for run, result in looked_up if run.seed in SEEDS and not result]
                    first = next(run for run, result in looked_up if result)
                    shown += _blocks(table, found, len(missing), folder / 'tables' / table.name)
                    shown.append('```shell\n' + '\n'.join(_commands(first, results)) + '\n```')
            if tables and not shown:
                shown = [f'Not measured: `python tools/reproduce.py {name} --size {size}`.']
            blocks += shown
    return '\n\n'.join([*blocks, *_timing(sorted(folder.glob(TIMINGS)))]) + '\n'


def _blocks(table: Table, found: Sequence[Result], missing: int, folder: Path) -> Iterator[str]:
    comparison = compare(found, table.baseline)
    write_comparison(comparison, folder)
    yield f'### {table.title}: {table.data}'
    yield comparison.markdown()
    if table.parts:
        yield f'{comparison.metric} of parts of the data:'
        metric = metric_of(table.runs()[0].load())
        yield parts_table(found, table.parts, metric)
        if best := best_fixed_table(found, table.parts, metric):
            yield 'Of each part, against the fixed interpolation of this table that serves it best:'
            yield best
    plot = Path(os.path.relpath(folder / 'plot.png', PAGE.parent)).as_posix()
    yield f'![Scores and differences]({plot})'
    if missing:
        yield f'{missing} of {len(table.runs())} runs are missing yet.'
    yield f'{_circumstances(found)} One run:'


def _commands(run: Run, results: Results) -> list[str]:
    """List the commands that made a result, those of its source first."""
    earlier = [] if run.source is None else _commands(run.source, results)
    result = results.find(run)
    return [*earlier, *(result.commands if result else [])]


def _timing(reports: Sequence[Path]) -> Iterator[str]:
    yield '## Time of the whole pipeline, against bilinear interpolation'
    if not reports:
        yield 'Not measured: `python tools/reproduce.py timing`.'
    for path in reports:
        report = json.loads(path.read_text())
        run = report['run']
        yield timing_table(report)
        yield (
            f'RefineDet (VGG16), 8 images of 300x300 to 100x100; {run["date"][:10]}; '
            f'{run.get("gpu", run["cpu"])}, {run["threads"]} thread(s); torch {run["torch"]}; '
            f'commit {run.get("commit", "unknown")}: `{run["command"]}`. More in '
            '[speed.md](speed.md).'
        )


def _machine(run: Mapping) -> str:
    return run.get('gpu') or f'{run["cpu"]}, {run["threads"]} thread(s) each'


def _circumstances(results: Sequence[Result]) -> str:
    def values(key: str) -> str:
        told = (str(result.run[key]).split(', ') for result in results if key in result.run)
        return ', '.join(sorted({value for some in told for value in some}))

    dates = sorted({result.run['date'][:10] for result in results})
    when = ' to '.join(dates[:1] + dates[1:][-1:])
    where = '; '.join(sorted({_machine(result.run) for result in results}))
    minutes = max(result.seconds for result in results) / 60
    return (
        f'{when}; {where}; torch {values("torch")}; up to {minutes:.0f} minutes '
        f'a run; commits {values("commit")}.'
    )
