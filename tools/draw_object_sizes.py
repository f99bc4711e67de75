"""Draw the IoU of each class against the size of its objects, of several models."""

import argparse
import json
import sys
from pathlib import Path

from mmdownsize.experiments.object_sizes import draw_object_sizes
from mmdownsize.reports import write_figure

EPILOG = """example:
  for i in bilinear dsnet; do
      python tools/test.py configs/mini/fcn_${i}_camvid.py work_dirs/fcn_${i}_camvid/epoch_30.pth \\
          --json $i.json --cfg-options test_evaluator._delete_=True \\
          test_evaluator.type=ObjectSizeIoU
  done
  python tools/draw_object_sizes.py bilinear.json dsnet.json --out object_sizes.png
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'scores', nargs='+', type=Path, help='files of tools/test.py --json; their names are titles'
    )
    parser.add_argument('--out', default='object_sizes.png', help='default: object_sizes.png')
    return parser.parse_args()


def main() -> None:
    """Draw, and write the picture whole or not at all."""
    args = parse_args()
    try:
        scores = {path.stem: json.loads(path.read_text())['scores'] for path in args.scores}
        figure = draw_object_sizes(scores)
    except (OSError, KeyError, TypeError, ValueError) as error:
        sys.exit(f'draw_object_sizes.py: {error}')
    write_figure(figure, args.out, dpi=80)
    print(args.out)


if __name__ == '__main__':
    main()
