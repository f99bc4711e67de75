"""What the tools that carry out runs share: their options, and what they do with them."""

import argparse
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mmengine.config import DictAction

from ..config import keep_spaces
from ..mistakes import told_in_a_line
from .commands import Launcher
from .comparison import BASELINE, compare
from .execute import Workshop
from .report import write_comparison
from .results import Results
from .run import Run


def add_execution_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how runs are carried out."""
    parser.add_argument('--jobs', type=int, default=1, help='runs at a time (default: 1)')
    parser.add_argument(
        '--threads', type=int, help='of each run (default: the cores, shared by the jobs)'
    )
    parser.add_argument('--launcher', choices=['none', 'slurm'], default='none')
    parser.add_argument('--partition', default='', help='of Slurm')
    parser.add_argument(
        '--gpus',
        type=int,
        help='of a job of Slurm (default: what the learning rate of its config is meant for)',
    )
    parser.add_argument(
        '--results',
        type=Path,
        default=Path('results'),
        metavar='DIR',
        help='gets runs/ and tables/ (default: results)',
    )
    parser.add_argument(
        '--work-dir',
        type=Path,
        default=Path('work_dirs/runs'),
        metavar='DIR',
        help='of logs and checkpoints, a folder for each run (default: work_dirs/runs)',
    )
    parser.add_argument(
        '--dry-run', action='store_true', help='print the commands of the runs to do, and stop'
    )


def read_varied(words: Sequence[str]) -> dict[str, list[object]]:
    """Read KEY=VALUE,VALUE as the values to try of each key.

    Raises:
        ValueError: a word is written otherwise, or a key is there twice, or a space would be lost.

    Example:
        >>> read_varied(['model.x=1,area', 'model.size=(9,9),(5,5)'])
        {'model.x': [1, 'area'], 'model.size': [(9, 9), (5, 5)]}
    """
    varied = {}
    for word in words:
        key, equals, text = word.partition('=')
        if not key or not equals:
            raise ValueError(f'what is varied is written KEY=VALUE,VALUE; got {word!r}')
        if key in varied:
            raise ValueError(f'{key} is varied twice: write all its values at once')
        keep_spaces(word)
        try:
            varied[key] = DictAction._parse_iterable(f'[{text}]')
        except AssertionError as error:  # mmengine's, of brackets
            raise ValueError(f'the values of {word} cannot be read: {error}') from None
    return varied


def make_workshop(args: argparse.Namespace) -> Workshop:
    """Make the workshop that the command line describes.

    Raises:
        ValueError: an option is out of range.
    """
    for name in ('jobs', 'threads'):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise ValueError(f'--{name} is at least 1, got {getattr(args, name)}')
    return Workshop(
        Results(args.results / 'runs'),
        args.work_dir,
        jobs=args.jobs,
        threads=args.threads,
        launcher=Launcher(args.launcher, args.partition, args.gpus),
    )


@contextmanager
def tidy_exit(tool: str) -> Iterator[None]:
    """Tell a user's mistake in one line, and end the children of a tool that is told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with told_in_a_line(tool, (OSError, ValueError)):
            yield
    except KeyboardInterrupt:
        sys.exit(f'\n{tool}: interrupted; the same command goes on from here')


def carry_out(
    args: argparse.Namespace,
    runs: Sequence[Run],
    *,
    table: str,
    baseline: str = BASELINE,
    shown: Sequence[Run] | None = None,
) -> bool:
    """Carry out the runs that have no result, then print and write the comparison of all.

    Args:
        args: with what `add_execution_options` adds.
        runs: of one table.
        table: name of its folder.
        baseline: interpolator that the others are compared with.
        shown: all runs of the table, where these are some of them.

    Returns:
        Whether the runs have a result.

    Raises:
        ValueError: the baseline is none of the interpolators; or see `Workshop.execute`.
    """
    workshop = make_workshop(args)
    shown = runs if shown is None else shown
    for run in runs:
        run.load()  # a mistyped baseline is none of the interpolators, either
    if baseline not in {run.interpolator for run in shown}:
        raise ValueError(
            f'the others are compared with {baseline}, which is not among the interpolators: add '
            'it, or name another one as --baseline'
        )
    if args.dry_run:
        for run in workshop.missing(runs):
            for command in workshop.commands(run):
                print(shlex.join(command))
        return True
    failed = workshop.execute(runs)
    found = [result for run in shown if (result := workshop.results.find(run))]
    if found:
        comparison = compare(found, baseline)
        print(f'\n{comparison.markdown()}\n')
        for path in write_comparison(comparison, args.results / 'tables' / table):
            print(path)
    for name, reason in failed.items():
        print(f'{name} failed: {reason}', file=sys.stderr)
    return not failed
