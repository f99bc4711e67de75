"""Compare the images per second of training: downsized by the data loader, and by the model."""

import argparse
import json
import sys
from pathlib import Path

import torch

from mmdownsize.benchmarks.contestants import read_contestants
from mmdownsize.benchmarks.device import add_device_option
from mmdownsize.benchmarks.loading import measure_loading
from mmdownsize.config import add_config_options, load_config
from mmdownsize.files import AtomicBackend
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.reports import describe_run, markdown_table, number

FOLDER = Path(__file__).resolve().parents[1] / 'configs/_base_/interpolators'
TITLES = dict(loader='loader', preprocessed='loader + preprocessor', training='training')
EPILOG = """examples:
  python tools/benchmark_loader.py configs/mini/lighthead_dsnet_bccd.py --workers 0
  python tools/benchmark_loader.py configs/mini/fcn_dsnet_camvid.py --train \\
      --interpolators bilinear dsnet --json loader.json

The usual way is a Resize to the size that the model downsizes to, by cv2, before those last
transforms of the pipeline that only mirror, change colours or pack. Ratios are to it. A round loads
the same batches every way; the first of them is not timed.
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('configs', nargs='+', help='config files, whose models downsize')
    parser.add_argument(
        '--interpolators',
        nargs='+',
        metavar='NAME[:OPTION=VALUE,...]',
        help='as in benchmark.py (default: all)',
    )
    parser.add_argument('--batches', type=int, default=10, help='of a round (default: 10)')
    parser.add_argument('--repeat', type=int, default=5, help='rounds (default: 5)')
    parser.add_argument('--workers', type=int, help="that load (default: the config's)")
    parser.add_argument('--train', action='store_true', help='time forward+backward, too')
    add_device_option(parser)
    parser.add_argument('--threads', type=int, help="of torch (default: torch's own choice)")
    parser.add_argument('--json', metavar='FILE', help='write all figures to a file')
    add_config_options(parser)
    args = parser.parse_args()
    _check(parser, args)
    return args


def _check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    for name in ('batches', 'repeat', 'threads'):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            parser.error(f'--{name} is at least 1, got {getattr(args, name)}')
    if args.workers is not None and args.workers < 0:
        parser.error(f'--workers is at least 0, got {args.workers}')


def loading_table(result: dict) -> str:
    """Write what `measure_loading` gives in Markdown."""
    kinds = [kind for kind in TITLES if kind in result]
    head = ['downsized by']
    for kind in kinds:
        head += [f'{TITLES[kind]}, images/s', 'of usual']
    rows = []
    for name in dict.fromkeys(name for kind in kinds for name in result[kind]):
        row = [name]
        for kind in kinds:
            rates = result[kind].get(name)
            row += [
                f'{rates["images_per_s"]:.1f} [{rates["lower"]:.1f}, {rates["upper"]:.1f}]'
                if rates
                else '',
                number(rates and rates['ratio'], 2, 'x'),
            ]
        rows.append(row)
    title = f'### {result["config"]}, batch {result["batch"]}, {result["workers"]} workers'
    return f'{title}\n\n{markdown_table(head, rows)}\n'


def main() -> None:
    """Measure, print the tables, write the file."""
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    report = dict(run=describe_run(sys.argv, device=args.device), configs=[])
    with told_in_a_line('benchmark_loader.py'):
        contestants = read_contestants(FOLDER, args.interpolators)
        for path in args.configs:
            load_config(path)  # finds mistakes before anything is measured
        for path in args.configs:
            result = measure_loading(
                path,
                contestants,
                batches=args.batches,
                rounds=args.repeat,
                workers=args.workers,
                device=args.device,
                train=args.train,
                options=args.cfg_options,
            )
            report['configs'].append(result)
            print(loading_table(result))
    if args.json:
        text = json.dumps(report, indent=2, allow_nan=False)
        AtomicBackend().put(f'{text}\n'.encode(), args.json)


if __name__ == '__main__':
    main()
