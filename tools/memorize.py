"""Train models on 8 images until they know them by heart, and print how well they do."""

import argparse
import sys
from pathlib import Path

from mmengine.config import Config

from mmdownsize.config import build_runner, load_config
from mmdownsize.experiments.memorize import memorize_config
from mmdownsize.experiments.metrics import METRICS
from mmdownsize.mistakes import told_in_a_line

DETECTORS = ('lighthead', 'refinedet', 'centernet', 'detr')
SEGMENTORS = ('fcn', 'deeplabv3plus', 'spnet')
CONFIGS = [
    *(f'configs/mini/{model}_dsnet_texture.py' for model in DETECTORS),
    *(f'configs/mini/{model}_dsnet_camvid.py' for model in SEGMENTORS),
]
BARS = {'DETR': 0.8, 'EncoderDecoder': 0.85}  # AP of the one, mIoU of the other; else 0.95
EPILOG = """examples:
  python tools/memorize.py
  python tools/memorize.py configs/mini/detr_area_bccd.py --steps 3000
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'configs', nargs='*', default=CONFIGS, help='config files (default: one of each model)'
    )
    parser.add_argument('--images', type=int, default=8, help='how many (default: 8)')
    parser.add_argument('--steps', type=int, default=1000, help='at most (default: 1000)')
    return parser.parse_args()


def read(path: str, *, images: int, steps: int) -> tuple[Config, float]:
    """Read one config, changed to memorize, and the score that it should reach."""
    name = Path(path).stem
    config = load_config(path, work_dir=f'work_dirs/memorize/{name}')
    bar = BARS.get(config.model.type, 0.95)
    config = memorize_config(config, images=images, steps=steps, bar=bar)
    config.experiment_name = config.visualizer.name = name
    return config, bar


def memorize(config: Config) -> tuple[float, int]:
    """Train one config: its score, and the steps it took."""
    with told_in_a_line('memorize.py', (OSError,)):
        runner = build_runner(config)
        _ = runner.train_loop  # reads the training set
    runner.train()
    metric = METRICS[config.val_evaluator.type]
    score = runner.message_hub.get_scalar(f'val/{metric.key}').current() / metric.perfect
    return score, runner.iter


def main() -> None:
    """Train all configs, print a table, and fail if one has not reached its bar."""
    args = parse_args()
    with told_in_a_line('memorize.py'):  # finds mistakes before anything is trained
        read_all = {p: read(p, images=args.images, steps=args.steps) for p in args.configs}
    rows = [(path, bar, *memorize(config)) for path, (config, bar) in read_all.items()]
    print(f'\n{"config":<48}{"score":>8}{"bar":>8}{"steps":>8}')
    for path, bar, score, steps in rows:
        print(f'{path:<48}{score:>8.3f}{bar:>8.2f}{steps:>8}')
    if any(score < bar for _, bar, score, _ in rows):
        sys.exit('memorize.py: not all of them know their images')


if __name__ == '__main__':
    main()
