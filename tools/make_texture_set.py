"""Make a texture set: images whose classes differ in texture, in VOC layout."""

from __future__ import annotations

import argparse
import sys

import cv2

from mmdownsize.datasets import MIXTURE_CLASSES, TEXTURE_CLASSES, make_texture_set
from mmdownsize.datasets.contact_sheet import draw_contact_sheet
from mmdownsize.mistakes import told_in_a_line

EPILOG = """example:
  python tools/make_texture_set.py --out data/texture --seed 0
  python tools/make_texture_set.py --picture texture.png
  python tools/make_texture_set.py --mixture --out data/texture_mixture --train 3200 --val 480
  python tools/make_texture_set.py --mixture --average-grain 0.3 --out data/texture_told \\
      --train 3200 --val 480

An existing set made with the same values is kept. The set is moved into its place when it is
complete; an interrupted run leaves nothing there."""


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--out', default='data/texture', help='folder (default: %(default)s)')
    parser.add_argument('--seed', type=int, default=0, help='seed (default: %(default)s)')
    parser.add_argument('--train', type=int, default=400, help='images (default: %(default)s)')
    parser.add_argument('--val', type=int, default=120, help='images (default: %(default)s)')
    parser.add_argument('--size', type=int, default=300, help='pixels (default: %(default)s)')
    parser.add_argument(
        '--mixture',
        action='store_true',
        help='fine textures and grainy ones on any shape, instead of textured shapes',
    )
    parser.add_argument(
        '--average-grain',
        type=float,
        metavar='SCALE',
        help='average the grain of the mixture beforehand, as area averaging to this scale would',
    )
    parser.add_argument('--jobs', type=int, default=1, help='processes (default: %(default)s)')
    parser.add_argument('--overwrite', action='store_true', help='replace a set of other values')
    parser.add_argument('--picture', help='also draw the classes, full size and at 0.3x, to here')
    return parser.parse_args()


def main() -> None:
    """Make the set and print what it holds."""
    args = parse_args()
    with told_in_a_line('make_texture_set.py'):
        stamp = make_texture_set(
            args.out,
            seed=args.seed,
            train=args.train,
            val=args.val,
            size=args.size,
            mixture=args.mixture,
            average_grain=args.average_grain,
            overwrite=args.overwrite,
            jobs=args.jobs,
        )
    print(f'{args.out}: {"kept, as it was made with the same values" if stamp["kept"] else "made"}')
    for split, counts in stamp['counts'].items():
        objects = ', '.join(f'{name} {count}' for name, count in counts.items())
        print(f'{split}: {stamp["parameters"][split]} images; {objects}')
    print(f'digest of pixels and annotations: {stamp["digest"]}')
    if args.picture:
        classes = MIXTURE_CLASSES if args.mixture else TEXTURE_CLASSES
        sheet = draw_contact_sheet(args.seed, classes=classes, size=args.size)
        if not (cv2.haveImageWriter(args.picture) and cv2.imwrite(args.picture, sheet)):
            sys.exit(f'make_texture_set.py: {args.picture} could not be written')
        print(f'picture: {args.picture}')


if __name__ == '__main__':
    main()
