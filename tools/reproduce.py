"""Repeat the experiments of the paper, and put what they give beside what it reports."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from mmdownsize.experiments.command_line import (
    add_execution_options,
    carry_out,
    tidy_exit,
)
from mmdownsize.experiments.grid import SEEDS, Experiment
from mmdownsize.experiments.page import PAGE, TIMING, results_page
from mmdownsize.experiments.paper import EXPERIMENTS
from mmdownsize.experiments.results import Results
from mmdownsize.experiments.run import Run
from mmdownsize.experiments.timing import COMMAND, timing_table
from mmdownsize.files import AtomicBackend

EPILOG = """examples:
  python tools/reproduce.py table2 --only fcn_camvid --jobs 2
  python tools/reproduce.py table1 --size full --launcher slurm --partition gpu --jobs 8 --dry-run
  python tools/reproduce.py timing
  python tools/reproduce.py page

table1, table2, table3, refinedet and ablation train what tools/compare.py would: finished runs are
kept in results/runs/, interrupted ones go on, and what two tables share is trained once. timing
runs tools/benchmark.py. page writes docs/results.md, and the tables and plots of results/tables/,
from what is in results/runs/. The sets of --size mini: data/bccd, data/camvid, and what these make:
  python tools/make_camvid_boxes.py
  python tools/make_texture_set.py
  python tools/make_texture_set.py --out data/texture_large --train 3200 --val 480
  python tools/make_texture_set.py --mixture --out data/texture_mixture --train 3200 --val 480
  python tools/make_texture_set.py --mixture --average-grain 0.3 --out data/texture_told \\
      --train 3200 --val 480
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('experiment', choices=[*EXPERIMENTS, 'timing', 'page'])
    parser.add_argument('--size', choices=['mini', 'full'], default='mini')
    parser.add_argument('--only', nargs='+', metavar='TABLE', help='some of its tables')
    parser.add_argument(
        '--interpolators', nargs='+', metavar='NAME', help='carry out some of its rows'
    )
    parser.add_argument('--seeds', nargs='+', type=int, default=SEEDS, help='default: 0 1 2')
    add_execution_options(parser)
    args = parser.parse_args()
    if args.experiment not in EXPERIMENTS:
        usual = vars(parser.parse_args([args.experiment]))
        typed = [key for key, value in vars(args).items() if value != usual[key]]
        if ignored := sorted({*typed} - {'results', 'dry_run'}):
            parser.error(
                f'{args.experiment} takes --results and --dry-run alone, not '
                + ', '.join(f'--{key.replace("_", "-")}' for key in ignored)
            )
    return args


def repeat(args: argparse.Namespace, experiment: Experiment) -> bool:
    """Carry out the tables of an experiment; whether all runs have a result."""
    tables = {table.name: table for table in experiment.tables(args.size)}
    if not tables:
        raise ValueError(f'{args.experiment} has no tables of --size {args.size}')
    names = args.only or list(tables)
    if unknown := [name for name in names if name not in tables]:
        raise ValueError(f'--only takes {", ".join(tables)}; got {", ".join(unknown)}')
    chosen = _rows({name: tables[name].runs(args.seeds) for name in names}, args.interpolators)
    seeds = sorted({*args.seeds, *Results(args.results / 'runs').seeds()})
    complete = True
    for name in chosen:
        table = tables[name]
        print(f'{table.title}: {table.data}', flush=True)
        complete &= carry_out(
            args, chosen[name], table=name, shown=table.runs(seeds), baseline=table.baseline
        )
    print(f'\nThe paper: {experiment.paper}')
    return complete


def _rows(runs: dict[str, list[Run]], interpolators: list[str] | None) -> dict[str, list[Run]]:
    """Choose the runs of some interpolators, and the tables that have any; None: all."""
    if interpolators is None:
        return runs
    known = list(dict.fromkeys(run.interpolator for some in runs.values() for run in some))
    if unknown := [name for name in interpolators if name not in known]:
        raise ValueError(f'--interpolators takes {", ".join(known)}; got {", ".join(unknown)}')
    chosen = {
        name: [run for run in some if run.interpolator in interpolators]
        for name, some in runs.items()
    }
    return {name: some for name, some in chosen.items() if some}


def measure_time(path: Path, dry_run: bool) -> bool:
    """Run the benchmark, and print its ratios beside the paper's; whether it ran."""
    command = [*COMMAND, '--json', str(path)]
    if dry_run:
        print(' '.join(['python', *command]))
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    if subprocess.run([sys.executable, *command]).returncode:
        return False
    print(f'\n{timing_table(json.loads(path.read_text()))}')
    return True


def write_page(results: Path, dry_run: bool) -> bool:
    """Write the page of all results; whether it is written."""
    if not (results / 'runs').is_dir():
        raise ValueError(f'there are no results in {results}/runs: name their folder as --results')
    if not dry_run:
        AtomicBackend().put(results_page(EXPERIMENTS, results).encode(), PAGE)
    print(PAGE)
    return True


def main() -> None:
    """Repeat an experiment, measure the time, or write the page."""
    args = parse_args()
    with tidy_exit('reproduce.py'):
        if args.experiment == 'timing':
            complete = measure_time(args.results / TIMING, args.dry_run)
        elif args.experiment == 'page':
            complete = write_page(args.results, args.dry_run)
        else:
            complete = repeat(args, EXPERIMENTS[args.experiment])
    sys.exit(0 if complete else 1)


if __name__ == '__main__':
    main()
