"""Train a config with several interpolators and seeds, and compare how well they do."""

import argparse
import sys
from pathlib import Path

from mmdownsize.config import add_config_options
from mmdownsize.experiments.command_line import (
    add_execution_options,
    carry_out,
    read_varied,
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

Each run is a process with a work folder of its own. Its result is a file of results/runs/: what is
there is not run again, and what was interrupted goes on when the command is given again. A run with
other settings has other files. results/tables/ gets the tables and the plot, of the runs that this
command names.
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
    parser.add_argument('--baseline', default=BASELINE, help=f'default: {BASELINE}')
    add_config_options(parser)
    add_execution_options(parser)
    return parser.parse_args()


def main() -> None:
    """Carry out what is missing, then write and print the comparison."""
    args = parse_args()
    with tidy_exit('compare.py'):
        runs = expand(
            args.config,
            interpolators=args.interpolators,
            seeds=args.seeds,
            vary=read_varied(args.vary),
            options=args.cfg_options,
        )
        table = Path(args.config).stem
        if not carry_out(args, runs, table=table, baseline=args.baseline):
            sys.exit(1)


if __name__ == '__main__':
    main()
