"""Test a detector or a segmentor: its metrics, and its predictions drawn."""

import argparse
import json
import math
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.dist import get_world_size, is_main_process

from mmdownsize.checkpoint import check_checkpoint
from mmdownsize.config import (
    add_run_arguments,
    build_runner,
    check_preprocessor,
    leave_processes,
    load_config,
)
from mmdownsize.files import AtomicBackend
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.reports import describe_machine

EPILOG = """examples:
  python tools/test.py configs/lighthead_dsnet_voc.py work_dirs/lighthead_dsnet_voc/epoch_12.pth
  python tools/test.py CONFIG CHECKPOINT --tta
  python tools/test.py CONFIG CHECKPOINT --show-dir predictions
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint of that config')
    parser.add_argument('--tta', action='store_true', help='test-time augmentation')
    parser.add_argument('--show-dir', help='draw predictions beside the truth into this folder')
    parser.add_argument('--json', metavar='FILE', help='write the scores and the machine to a file')
    add_run_arguments(parser)
    return parser.parse_args()


def use_test_time_augmentation(config: Config) -> None:
    """Put the model behind the config's ``tta_model``, fed by its ``tta_pipeline``."""
    for key in ('tta_model', 'tta_pipeline'):
        if key not in config:
            raise ValueError(f'--tta needs {key} in the config: see configs/_base_/transforms/')
    config.test_dataloader.dataset.pipeline = config.tta_pipeline
    config.model = dict(config.tta_model, module=config.model)


def draw_predictions(config: Config, folder: str) -> None:
    """Let the task's visualization hook draw every prediction into a folder."""
    # mmdet would take a relative path for one of its work folder.
    absolute = str(Path(folder).resolve())
    if config.default_scope == 'mmseg':
        hook = dict(type='SegVisualizationHook', draw=True, interval=1)
        config.visualizer.save_dir = absolute
        # It asks for the step of the training, and so would have its data loaded.
        for part in ('train_cfg', 'train_dataloader', 'optim_wrapper', 'param_scheduler'):
            config[part] = None
    else:
        hook = dict(type='DetVisualizationHook', draw=True, test_out_dir=absolute)
    config.default_hooks.visualization = hook


def read(args: argparse.Namespace) -> Config:
    """Read the config, as the command line completes it."""
    config = load_config(args.config, work_dir=args.work_dir, options=args.cfg_options)
    check_checkpoint(args.checkpoint)
    check_preprocessor(config)
    config.load_from = args.checkpoint
    if args.tta:
        use_test_time_augmentation(config)
    if args.show_dir:
        draw_predictions(config, args.show_dir)
    return config


def main() -> None:
    """Build the runner and test."""
    args = parse_args()
    with told_in_a_line('test.py'):
        config = read(args)
    with told_in_a_line('test.py', (OSError,)):
        runner = build_runner(config, launcher=args.launcher)
        _ = runner.test_loop  # reads the data
    facts = describe_machine('cuda' if torch.cuda.is_available() else 'cpu')
    if (processes := get_world_size()) > 1:
        facts['processes'] = processes
    scores = runner.test()
    if args.json and is_main_process():
        # JSON has no NaN, which is the score of a class that does not occur.
        numbers = {k: None if math.isnan(v) else float(v) for k, v in scores.items()}
        text = json.dumps(dict(scores=numbers, run=facts), indent=2)
        AtomicBackend().put(text.encode(), args.json)
    leave_processes()


if __name__ == '__main__':
    main()
