"""The page of all results: every table with its commands, data, seeds, machine and date."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .comparison import compare
from .grid import Experiment, Table
from .results import Result, Results

INTRODUCTION = """# Results

What was measured of the paper's experiments, at laptop size, by `python tools/reproduce.py`. This
page is made of the files in `results/` by `python tools/reproduce.py page`; nothing is written by
hand. Scores are in points, 0 to 100. A difference is to bilinear interpolation with the same seeds,
and its interval holds the mean difference with 95 % confidence (Student's t): where it holds 0, or
where there is one seed only, no difference is proved. Every run that came to its end is here."""


def results_page(experiments: Mapping[str, Experiment], folder: Path) -> str:
    """Write the page in Markdown.

    Args:
        experiments: by their names.
        folder: of results, with a folder for each table.

    Raises:
        ValueError: a result was measured with other settings than its config has now.
    """
    blocks = [INTRODUCTION]
    for name, experiment in experiments.items():
        blocks += [f'## {experiment.title}', f'The paper: {experiment.paper}']
        for size in ('mini', 'full'):
            found = [block for table in experiment.tables(size) for block in _blocks(table, folder)]
            blocks += found or [f'Not measured: `python tools/reproduce.py {name} --size {size}`.']
    return '\n\n'.join(blocks) + '\n'


def _blocks(table: Table, folder: Path) -> Iterator[str]:
    results = Results(folder / table.name)
    runs = table.runs()
    found = [result for run in runs if (result := results.find(run))]
    if not found:
        return
    yield f'### {table.title}: {table.data}'
    yield compare(found).markdown()
    plot = results.folder / 'plot.png'
    if plot.is_file():
        yield f'![Scores and differences](../{plot.as_posix()})'
    if len(found) < len(runs):
        yield f'{len(found)} of {len(runs)} runs are there; the others have yet to be run.'
    yield f'{_circumstances(found)} One run:'
    yield '```shell\n' + '\n'.join(found[0].commands) + '\n```'


def _circumstances(results: Sequence[Result]) -> str:
    def values(key: str) -> str:
        return ', '.join(sorted({str(result.run[key]) for result in results if key in result.run}))

    dates = sorted(result.run['date'][:10] for result in results)
    where = values('gpu') or f'{values("cpu")}, {values("threads")} thread(s) each'
    minutes = sorted(result.seconds / 60 for result in results)
    return (
        f'{dates[0]} to {dates[-1]}; {where}; torch {values("torch")}; {minutes[0]:.0f} to '
        f'{minutes[-1]:.0f} minutes a run; commits {values("commit")}.'
    )
