"""Make a detection set in VOC layout out of CamVid's label maps."""

from __future__ import annotations

import argparse

from mmdownsize.datasets import make_camvid_boxes
from mmdownsize.mistakes import told_in_a_line

EPILOG = """example:
  python tools/make_camvid_boxes.py data/camvid --out data/camvid_det

Each connected component of cars, pedestrians, bicyclists, signs and poles becomes a box; tiny ones
are marked difficult. An existing set made with the same values is kept. The set is moved into its
place when it is complete; an interrupted run leaves nothing there."""


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'source',
        nargs='?',
        default='data/camvid',
        help='folder of img_dir and ann_dir (default: %(default)s)',
    )
    parser.add_argument('--out', default='data/camvid_det', help='folder (default: %(default)s)')
    for name, value, text in (
        ('--min-area', 10, 'objects of fewer pixels get no box'),
        ('--difficult-area', 100, 'objects of fewer pixels are difficult'),
        ('--difficult-side', 4, 'boxes of a shorter side in pixels are difficult'),
    ):
        parser.add_argument(name, type=int, default=value, help=f'{text} (default: %(default)s)')
    parser.add_argument('--overwrite', action='store_true', help='replace a set of other values')
    return parser.parse_args()


def main() -> None:
    """Make the set and print what it holds."""
    args = parse_args()
    with told_in_a_line('make_camvid_boxes.py'):
        stamp = make_camvid_boxes(
            args.source,
            args.out,
            min_area=args.min_area,
            difficult_area=args.difficult_area,
            difficult_side=args.difficult_side,
            overwrite=args.overwrite,
        )
    print(f'{args.out}: {"kept, as it was made with the same values" if stamp["kept"] else "made"}')
    for split, counts in stamp['counts'].items():
        boxes = ', '.join(
            f'{name} {count["boxes"]} ({count["difficult"]} difficult)'
            for name, count in counts.items()
        )
        print(f'{split}: {stamp["parameters"][f"{split}_images"]} images; {boxes}')


if __name__ == '__main__':
    main()
