"""Print FLOPs and parameters of a model with its interpolator, which other tools leave out."""

import argparse

from mmdownsize.benchmarks.flops import COUNTED, count_model
from mmdownsize.benchmarks.models import build_random_model, downsize_to, random_batch
from mmdownsize.config import add_config_options
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.reports import markdown_table

EPILOG = f"""examples:
  python tools/get_flops.py configs/refinedet_dsnet_voc.py
  python tools/get_flops.py configs/fcn_dsnet_cityscapes.py --shape 512 1024

{COUNTED}
Counted is one pass of the network over one image, without post-processing and, for models tested
in slides, over the whole image at once. How many RoIs a two-stage detector looks at depends on its
weights, which are random here.
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--shape',
        type=int,
        nargs=2,
        default=[300, 300],
        metavar=('H', 'W'),
        help='height and width of the image before it is downsized (default: 300 300)',
    )
    add_config_options(parser)
    args = parser.parse_args()
    if min(args.shape) < 1:
        parser.error(f'--shape takes edges of at least 1 pixel, got {args.shape}')
    return args


def main() -> None:
    """Count, and print a table."""
    args = parse_args()
    source = tuple(args.shape)
    with told_in_a_line('get_flops.py'):
        config, model = build_random_model(args.config, options=args.cfg_options)
        target = downsize_to(model, config, source, None)
    costs = count_model(model, random_batch(1, source))
    print(f'{args.config}, {source[0]}x{source[1]} downsized to {target[0]}x{target[1]}\n')
    rows = [
        [part, f'{cost.flops / 1e9:.4f}', f'{cost.parameters:,}'] for part, cost in costs.items()
    ]
    print(markdown_table(['part', 'GFLOPs', 'parameters'], rows))


if __name__ == '__main__':
    main()
