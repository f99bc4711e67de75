"""Time position-sensitive RoIAlign against RoIAlign of all channels with its diagonal picked."""

import argparse
import statistics
from collections.abc import Callable

import numpy as np
import torch
from mmcv.ops import roi_align
from torch import Tensor

from mmdownsize.benchmarks.device import add_device_option
from mmdownsize.benchmarks.timing import interleave, ratio, stopwatch
from mmdownsize.detection import ps_roi_align

BINS, CHANNELS, STRIDE = 7, 10, 16


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog='example: python tools/benchmark_psroi.py --rois 300 2000 --mode avg max',
    )
    parser.add_argument('--rois', type=int, nargs='+', default=[300, 2000], help='RoIs in all')
    parser.add_argument('--mode', nargs='+', choices=['avg', 'max'], default=['avg', 'max'])
    parser.add_argument('--images', type=int, default=1, help='images of the batch')
    parser.add_argument(
        '--size', type=int, nargs=2, default=[38, 50], metavar=('H', 'W'), help='of the map'
    )
    parser.add_argument('--repeat', type=int, default=5, help='rounds, of which the median counts')
    add_device_option(parser)
    args = parser.parse_args()
    for name in ('rois', 'images', 'size', 'repeat'):
        if np.min(getattr(args, name)) < 1:
            parser.error(f'--{name} is at least 1, got {getattr(args, name)}')
    return args


def roi_align_diagonal(features: Tensor, rois: Tensor, *, mode: str) -> Tensor:
    """Pool all channels for all bins, then pick those that belong together."""
    pooled = roi_align(features, rois, (BINS, BINS), 1 / STRIDE, 2, mode, mode == 'avg')
    pooled = pooled.view(len(rois), CHANNELS, BINS**2, BINS**2).diagonal(dim1=2, dim2=3)
    return pooled.reshape(len(rois), CHANNELS, BINS, BINS)


def main() -> None:
    """Print a row per mode and number of RoIs."""
    args = parse_args()
    torch.manual_seed(0)
    device = torch.device(args.device)
    height, width = args.size
    features = torch.randn(args.images, CHANNELS * BINS**2, height, width, device=device)
    features.relu_().requires_grad_()
    print(f'{"mode":>4} {"RoIs":>6} {"pass":>17} {"RoIAlign":>12} {"PSRoIAlign":>12} {"ratio":>6}')
    for mode in args.mode:
        for count in args.rois:
            image = torch.randint(args.images, (count, 1))
            corner = torch.rand(count, 2) * torch.tensor([width, height]) * STRIDE * 0.8
            boxes = torch.cat([corner, corner + torch.rand(count, 2) * 200 + STRIDE], dim=1)
            rois = torch.cat([image, boxes], dim=1).to(device)
            pools = dict(
                plain=lambda x, rois=rois, mode=mode: roi_align_diagonal(x, rois, mode=mode),
                ours=lambda x, rois=rois, mode=mode: ps_roi_align(
                    x, rois, output_size=BINS, spatial_scale=1 / STRIDE, mode=mode
                ),
            )
            for backward in (False, True):
                steps = {
                    name: stopwatch(make_step(pool, features, backward=backward), device)
                    for name, pool in pools.items()
                }
                times = interleave(steps, args.repeat)
                plain, ours = (1000 * statistics.median(times[name]) for name in pools)
                name = 'forward+backward' if backward else 'forward'
                print(
                    f'{mode:>4} {count:>6} {name:>17} {plain:>9.1f} ms {ours:>9.1f} ms '
                    f'{ratio(times["plain"], times["ours"]):>5.1f}x'
                )


def make_step(
    pool: Callable[[Tensor], Tensor], features: Tensor, *, backward: bool
) -> Callable[[], None]:
    """Pool, and with `backward` take the gradients of all that is pooled."""

    def step() -> None:
        with torch.set_grad_enabled(backward):
            pooled = pool(features)
        if backward:
            features.grad = None
            pooled.backward(torch.ones_like(pooled))

    return step


if __name__ == '__main__':
    main()
