"""Train a config with several interpolators and seeds, and compare how well they do."""

import argparse
import sys
from pathlib import Path

from mmdownsize.experiments.command_line import (
    add_execution_options,
    carry_out,
    make_workshop,
    read_settings,
    tidy_exit,
)
from mmdownsize.experiments.comparison import BASELINE
from mmdownsize.experiments.run import expand

EPILOG = """examples:
  python tools/compare.py configs/mini/fcn_bilinear_camvid.py --interpolators bilinear area dsnet
  python tools/compare.py configs/mini/fcn_bilinear_camvid.py --seeds 0 1 2 --jobs 2 \\
      --interpolators bilinear dsnet dsnet_support:coef_groups=3,sharpness=0.3
  python tools/compare.py configs/mini/fcn_bilinear_camvid.py --interpolators bilinear dsnet \\
      --vary model.data_preprocessor.scale_factor=0.3,0.5
  python tools/compare.py configs/fcn_bilinear_voc12.py --interpolators bilinear dsnet \\
      --launcher slurm --partition gpu --jobs 4

Each run is a process with a work folder of its own. Its result is a file of the folder --results:
what is there is not run again, and what was interrupted goes on when the command is given again.
The tables and the plot are of all results that this command names.
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config file; its interpolator is replaced')
    parser.add_argument(
        '--interpolators',
        nargs='+',
        required=True,
        metavar='NAME[:OPTION=VALUE,...]',
        help='files of configs/_base_/interpolators/',
    )
    parser.add_argument('--seeds', nargs='+', type=int, default=[0], help='default: 0')
    parser.add_argument(
        '--vary',
        nargs='+',
        default=[],
        metavar='KEY=VALUE,VALUE',
        help='settings of the config, every value of which is tried; they become columns',
    )
    parser.add_argument(
        '--cfg-options', nargs='+', default=[], metavar='KEY=VALUE', help='settings of all runs'
    )
    parser.add_argument('--baseline', default=BASELINE, help=f'default: {BASELINE}')
    parser.add_argument(
        '--results', type=Path, metavar='DIR', help='default: results/ and the name of the config'
    )
    parser.add_argument(
        '--work-dir',
        type=Path,
        metavar='DIR',
        help='of logs and checkpoints',
    )
    add_execution_options(parser)
    return parser.parse_args()


def main() -> None:
    """Carry out what is missing, then write and print the comparison."""
    args = parse_args()
    name = Path(args.config).stem
    with tidy_exit('compare.py'):
        runs = expand(
            args.config,
            interpolators=args.interpolators,
            seeds=args.seeds,
            vary=read_settings(args.vary, several=True),
            options=read_settings(args.cfg_options),
        )
        workshop = make_workshop(
            args,
            args.results or Path('results') / name,
            args.work_dir or Path('work_dirs/compare') / name,
        )
        if not carry_out(workshop, runs, baseline=args.baseline, dry_run=args.dry_run):
            sys.exit(1)


if __name__ == '__main__':
    main()
