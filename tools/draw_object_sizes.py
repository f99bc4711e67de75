"""Draw the IoU of each class against the size of its objects, of several models."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from mmdownsize.experiments.object_sizes import draw_object_sizes
from mmdownsize.mistakes import told_in_a_line
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


def read_scores(paths: Sequence[Path]) -> dict[str, dict]:
    """Read the scores of each file, by its title.

    Raises:
        ValueError: two files have one title, or one is not of tools/test.py.
    """
    scores = {}
    for path in paths:
        if path.stem in scores:
            raise ValueError(f'two files would have the title {path.stem}: rename one')
        try:
            report = json.loads(path.read_text())
        except json.JSONDecodeError as error:
            raise ValueError(f'{path} is no JSON: {error}') from None
        if not isinstance(report, dict) or not isinstance(report.get('scores'), dict):
            raise ValueError(f'{path} is no file of tools/test.py --json: it has no scores')
        scores[path.stem] = report['scores']
    return scores


def main() -> None:
    """Draw, and write the picture whole or not at all."""
    args = parse_args()
    with told_in_a_line('draw_object_sizes.py'):
        figure = draw_object_sizes(read_scores(args.scores))
        write_figure(figure, args.out, dpi=80)
    print(args.out)


if __name__ == '__main__':
    main()
