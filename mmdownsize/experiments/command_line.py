"""What the tools that carry out runs share: their options, and what they do with them."""

import argparse
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..config import parse_value
from .commands import Launcher
from .comparison import compare
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
    parser.add_argument('--partition', default='', help='of Slurm; GPUS sets the GPUs of a run')
    parser.add_argument(
        '--dry-run', action='store_true', help='print the commands of the runs to do, and stop'
    )


def read_settings(words: Sequence[str], *, several: bool = False) -> dict[str, object]:
    """Read KEY=VALUE, or with `several` KEY=VALUE,VALUE as a list of values.

    Raises:
        ValueError: a word is written otherwise.

    Example:
        >>> read_settings(['model.x=1,area'], several=True)
        {'model.x': [1, 'area']}
    """
    settings = {}
    for word in words:
        key, equals, value = word.partition('=')
        if not key or not equals:
            raise ValueError(f'settings are written KEY=VALUE, got {word!r}')
        values = [parse_value(one) for one in value.split(',')]
        settings[key] = values if several else parse_value(value)
    return settings


def make_workshop(args: argparse.Namespace, results: Path, work_dir: Path) -> Workshop:
    """Make the workshop that the command line describes.

    Raises:
        ValueError: an option is out of range.
    """
    for name in ('jobs', 'threads'):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise ValueError(f'--{name} is at least 1, got {getattr(args, name)}')
    return Workshop(
        Results(results),
        work_dir,
        jobs=args.jobs,
        threads=args.threads,
        launcher=Launcher(args.launcher, args.partition),
    )


@contextmanager
def tidy_exit(tool: str) -> Iterator[None]:
    """Tell a user's mistake in one line, and end the children of a tool that is told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f'{tool}: {error}')
    except KeyboardInterrupt:
        sys.exit(f'\n{tool}: interrupted; the same command goes on from here')


def carry_out(workshop: Workshop, runs: Sequence[Run], *, baseline: str, dry_run: bool) -> bool:
    """Carry out the runs that have no result, then print and write the comparison of all.

    Args:
        workshop: where and how.
        runs: of one table.
        baseline: interpolator that the others are compared with.
        dry_run: print the commands instead.

    Returns:
        Whether all runs have a result.
    """
    if dry_run:
        for run in workshop.missing(runs):
            for command in workshop.commands(run):
                print(shlex.join(command))
        return True
    failed = workshop.execute(runs)
    found = [result for run in runs if (result := workshop.results.find(run))]
    if found:
        comparison = compare(found, baseline)
        print(f'\n{comparison.markdown()}\n')
        for path in write_comparison(comparison, workshop.results.folder):
            print(path)
    for name, reason in failed.items():
        print(f'{name} failed: {reason}', file=sys.stderr)
    return not failed
