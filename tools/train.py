"""Train a detector or a segmentor from a config."""

import argparse

import torch
from mmengine.config import Config

from mmdownsize.config import (
    add_run_arguments,
    build_runner,
    check_classes,
    check_preprocessor,
    check_start,
    latest_checkpoint,
    leave_processes,
    load_config,
)
from mmdownsize.deterministic import make_deterministic
from mmdownsize.mistakes import told_in_a_line

EPILOG = """examples:
  python tools/train.py configs/lighthead_dsnet_voc.py
  python tools/train.py configs/mini/lighthead_dsnet_texture.py --resume
  python tools/train.py configs/lighthead_dsnet_voc.py \\
      --cfg-options model.data_preprocessor.scale_factor=0.5
  tools/dist_train.sh configs/lighthead_dsnet_voc.py 8 --amp
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config file')
    parser.add_argument('--amp', action='store_true', help='mixed precision; needs a GPU')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='latest',
        metavar='CHECKPOINT',
        help='go on from a checkpoint; without one, from the latest of the work folder',
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate to the number of images per step',
    )
    parser.add_argument(
        '--deterministic',
        action='store_true',
        help='the same numbers in every run on a GPU, too; slower',
    )
    add_run_arguments(parser)
    args = parser.parse_args()
    if args.amp and not torch.cuda.is_available():
        parser.error('--amp needs a GPU, and torch finds none: leave it out')
    return args


def read(args: argparse.Namespace) -> Config:
    """Read the config, as the command line completes it."""
    config = load_config(args.config, work_dir=args.work_dir, options=args.cfg_options)
    if args.amp:
        config.optim_wrapper.type = 'AmpOptimWrapper'
        config.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.auto_scale_lr:
        if 'base_batch_size' not in config.get('auto_scale_lr', {}):
            raise ValueError(
                f'--auto-scale-lr needs auto_scale_lr=dict(base_batch_size=...) in {args.config}: '
                'the images per step that its learning rate is meant for'
            )
        config.auto_scale_lr.enable = True
    if args.resume == 'latest':
        checkpoint = latest_checkpoint(config.work_dir)
        print(f'resuming from {checkpoint or "nothing: there is no checkpoint yet"}')
        if checkpoint is not None:
            config.resume, config.load_from = True, str(checkpoint)
    elif args.resume:
        config.resume, config.load_from = True, args.resume
    check_start(config)
    check_preprocessor(config)
    return config


def main() -> None:
    """Build the runner and train."""
    args = parse_args()
    if args.deterministic:
        make_deterministic()
    with told_in_a_line('train.py'):
        config = read(args)
    with told_in_a_line('train.py', (OSError,)):
        runner = build_runner(config, launcher=args.launcher)
        _ = runner.train_loop  # reads the training set
    with told_in_a_line('train.py'):
        check_classes(runner)
    runner.train()
    leave_processes()


if __name__ == '__main__':
    main()
