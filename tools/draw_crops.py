"""Draw one crop of an image as several interpolators make it."""

import argparse
import sys

import cv2
from mmengine.registry import MODELS

from mmdownsize.config import read_interpolator
from mmdownsize.experiments.crops import draw_crops
from mmdownsize.interpolators import Interpolator
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.preprocessing.target_size import TargetSize
from mmdownsize.reports import write_figure
from mmdownsize.weights import available_weights, build_pretrained
from mmdownsize.weights.registry import SCHEME

EPILOG = """examples:
  python tools/draw_crops.py data/camvid/img_dir/val/0016E5_07997.jpg --crop 80 200 160 220 \\
      --interpolators bilinear area antialias mmdownsize://dsnet-camvid
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('image', help='file of an image')
    parser.add_argument(
        '--interpolators',
        nargs='+',
        required=True,
        metavar='NAME',
        help='files of configs/_base_/interpolators/, or trained ones: '
        f'{", ".join(SCHEME + name for name in available_weights()) or "none yet"}',
    )
    parser.add_argument('--scale-factor', type=float, default=0.3, help='default: 0.3')
    parser.add_argument(
        '--crop',
        nargs=4,
        type=int,
        metavar=('TOP', 'LEFT', 'HEIGHT', 'WIDTH'),
        help='what is shown, in pixels of the image (default: all)',
    )
    parser.add_argument('--out', default='crops.png', help='file to write (default: crops.png)')
    return parser.parse_args()


def build(name: str) -> Interpolator:
    """Build a fixed interpolator, or a trained one with its weights."""
    if name.startswith(SCHEME):
        return build_pretrained(name.removeprefix(SCHEME))
    return MODELS.build(read_interpolator(name)).eval()


def main() -> None:
    """Draw, and write the picture whole or not at all."""
    args = parse_args()
    image = cv2.imread(args.image)
    if image is None:
        sys.exit(f'draw_crops.py: {args.image} is no image, or is not there')
    with told_in_a_line('draw_crops.py'):
        figure = draw_crops(
            image,
            TargetSize(scale_factor=args.scale_factor)(*image.shape[:2]),
            {name: build(name) for name in args.interpolators},
            crop=tuple(args.crop or (0, 0, *image.shape[:2])),
        )
        write_figure(figure, args.out, dpi=80)
    print(args.out)


if __name__ == '__main__':
    main()
