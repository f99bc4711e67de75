"""Compare the speed, memory and FLOPs of interpolators, alone and inside models."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from mmdownsize.benchmarks.alone import PARTS, Setting, leave_out_unable, measure_size
from mmdownsize.benchmarks.contestants import VARIANTS, Contestant, read_contestants
from mmdownsize.benchmarks.device import add_device_option
from mmdownsize.benchmarks.end_to_end import measure_model
from mmdownsize.benchmarks.passes import DTYPES
from mmdownsize.benchmarks.scaling import EDGES, draw_scaling, measure_scaling
from mmdownsize.benchmarks.size_spec import SizeSpec
from mmdownsize.benchmarks.tables import benchmark_tables
from mmdownsize.config import load_config
from mmdownsize.files import AtomicBackend
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.reports import describe_run, write_figure

FOLDER = Path(__file__).resolve().parents[1] / 'configs/_base_/interpolators'
SIZES = [SizeSpec.parse(text) for text in ('300x300:100x100', '360x480:0.3')]
IMAGES = [SizeSpec.parse('300x300')]
EPILOG = """examples:
  python tools/benchmark.py --json benchmark.json
  python tools/benchmark.py --interpolators area dsnet:num_convs=3 --sizes 512x512:0.3 --parts time
  python tools/benchmark.py --config configs/refinedet_dsnet_voc.py --sizes 300x300 --repeat 10
  python tools/benchmark.py --scaling --device cuda --dtype fp16 --plot scaling.png

Everything is timed in turn, so that noise hits all alike; ratios to bilinear are taken round by
round. A training step is forward+backward; interpolators without parameters only go forward. Its
memory is what it allocates at its peak beyond images and weights: on the CPU resident memory of a
process of its own, on CUDA that of tensors. NAME_plain is the DownsizeNet of NAME without its fast
path.
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _add_measured(parser)
    _add_setting(parser)
    args = parser.parse_args()
    _check(parser, args)
    return args


def _add_measured(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--interpolators',
        nargs='+',
        metavar='NAME[:OPTION=VALUE,...]',
        help=f'files of configs/_base_/interpolators/ (default: all, and {", ".join(VARIANTS)})',
    )
    parser.add_argument(
        '--parts',
        nargs='*',
        choices=PARTS,
        help='what to measure of the interpolators alone (default: all, unless --config or '
        '--scaling is given)',
    )
    parser.add_argument(
        '--sizes',
        nargs='+',
        metavar='HxW:hxw',
        help='of images, and the size or ratio that they are downsized to; with --config it may be '
        'left to the config (default: 300x300:100x100 360x480:0.3; with --config: 300x300)',
    )
    parser.add_argument(
        '--config', nargs='+', default=[], help='models whose inference is timed, random weights'
    )
    parser.add_argument(
        '--scaling',
        nargs='*',
        type=int,
        metavar='EDGE',
        help=f'time square images of several edges (default: {" ".join(map(str, EDGES))})',
    )
    parser.add_argument(
        '--scaling-target', type=int, default=128, help='edge that they get (default: 128)'
    )


def _add_setting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--batch', type=int, default=1, help='images at a time (default: 1)')
    parser.add_argument('--repeat', type=int, default=20, help='rounds (default: 20)')
    add_device_option(parser)
    parser.add_argument(
        '--dtype',
        choices=list(DTYPES),
        default='fp32',
        help='of images and interpolators; models run under autocast (default: fp32)',
    )
    parser.add_argument('--threads', type=int, help="of torch (default: torch's own choice)")
    for option, text in (
        ('--json', 'write all figures to a file'),
        ('--markdown', 'write the tables to a file, too'),
        ('--plot', 'draw --scaling into a PNG file'),
    ):
        parser.add_argument(option, metavar='FILE', help=text)


def _check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    for name in ('batch', 'repeat', 'threads', 'scaling_target'):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            parser.error(f'--{name.replace("_", "-")} is at least 1, got {getattr(args, name)}')
    if args.plot and args.scaling is None:
        parser.error('--plot draws --scaling: add it')
    if args.parts is None:
        args.parts = [] if args.config or args.scaling is not None else PARTS
    try:
        args.sizes = args.sizes and [SizeSpec.parse(text) for text in args.sizes]
        for size in args.sizes or [] if args.parts else []:
            _ = size.target
    except ValueError as error:
        parser.error(f'--sizes: {error}')


def measure(args: argparse.Namespace, contestants: Sequence[Contestant]) -> dict:
    """Measure what the command line asks for."""
    setting = Setting(args.batch, args.repeat, args.device, args.dtype)
    able, left_out = leave_out_unable(contestants, setting)
    report = dict(
        run=describe_run(sys.argv, device=args.device),
        setting=dataclasses.asdict(setting),
        interpolators={one.name: dict(one.config, plain=one.plain) for one in able},
        left_out=left_out,
        sizes=[],
        models=[],
    )
    for size in (args.sizes or SIZES) if args.parts else []:
        _say(f'interpolators alone, {size}')
        report['sizes'].append(measure_size(able, size, setting, parts=args.parts))
    for path in args.config:
        for size in args.sizes or IMAGES:
            _say(f'{path}, {size}')
            report['models'].append(measure_model(path, contestants, size, setting))
    if args.scaling is not None:
        edges = args.scaling or EDGES
        target = args.scaling_target
        _say(f'edges of {", ".join(map(str, edges))} to {target}')
        report['scaling'] = measure_scaling(able, setting, edges=edges, target=target)
    return report


def _say(what: str) -> None:
    print(f'measuring {what}', file=sys.stderr, flush=True)


def write(args: argparse.Namespace, report: dict, tables: str) -> None:
    """Write the files that the command line asks for, each whole or not at all."""
    files = AtomicBackend()
    if args.json:
        text = json.dumps(report, indent=2, allow_nan=False)
        files.put(f'{text}\n'.encode(), args.json)
    if args.markdown:
        files.put(f'{tables}\n'.encode(), args.markdown)
    if args.plot:
        write_figure(draw_scaling(report['scaling']), args.plot, dpi=120)


def main() -> None:
    """Measure, print the tables, write the files."""
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    with told_in_a_line('benchmark.py'):
        for path in args.config:
            load_config(path)  # finds mistakes before anything is measured
        report = measure(args, read_contestants(FOLDER, args.interpolators))
    tables = benchmark_tables(report)
    print(tables)
    write(args, report, tables)


if __name__ == '__main__':
    main()
