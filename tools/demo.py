"""Train Light-Head R-CNN on the texture set behind bilinear resizing and behind DownsizeNet."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import cv2
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

from mmdownsize.checkpoint import load_local
from mmdownsize.config import build_runner, load_config
from mmdownsize.datasets import make_texture_set
from mmdownsize.experiments import draw_comparison
from mmdownsize.reports import write_figure

ROOT = Path(__file__).parents[1]
WORK_DIR = Path('work_dirs/demo')
INTERPOLATORS = {'bilinear': 'bilinear', 'dsnet': 'DownsizeNet'}
PROGRESS = re.compile(r'Epoch\(train\)\s+\[(\d+)\]\[\s*(\d+)/(\d+)\].*?eta: (\S+).*?loss: (\S+)')


def train(name: str) -> Path:
    """Train by tools/train.py, or go on where it was stopped; the path of the last checkpoint."""
    path = f'configs/mini/lighthead_{name}_texture.py'
    epochs = load_config(path).train_cfg.max_epochs
    checkpoint = WORK_DIR / name / f'epoch_{epochs}.pth'
    if checkpoint.is_file():
        print(f'{INTERPOLATORS[name]}: trained already, {checkpoint}')
        return checkpoint
    log = WORK_DIR / name / 'train.log'
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f'{INTERPOLATORS[name]}: training {path}, {epochs} epochs; all it says is in {log}')
    command = [sys.executable, 'tools/train.py', path, '--resume', '--work-dir', str(log.parent)]
    command += ['--cfg-options', 'default_hooks.logger.interval=20']
    with (
        log.open('a') as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        for line in process.stdout:
            file.write(line)
            if found := PROGRESS.search(line):
                epoch, step, steps, left, loss = found.groups()
                print(
                    f'{INTERPOLATORS[name]}: epoch {epoch}/{epochs}, step {step}/{steps}, '
                    f'loss {loss}, {left} left',
                    flush=True,
                )
    if process.returncode:
        sys.exit(f'demo.py: the training stopped with an error; see the end of {log}')
    return checkpoint


def evaluate(name: str, checkpoint: Path) -> float:
    """Measure the mAP on the validation images, once."""
    path = WORK_DIR / name / 'metrics.json'
    if not path.is_file() or path.stat().st_mtime < checkpoint.stat().st_mtime:
        print(f'{INTERPOLATORS[name]}: evaluating on the validation images', flush=True)
        config = load_config(
            f'configs/mini/lighthead_{name}_texture.py', work_dir=str(WORK_DIR / name)
        )
        config.load_from, config.log_level = str(checkpoint), 'WARNING'
        config.visualizer.name = name  # two runners of one process cannot share one
        temporary = path.with_suffix('.tmp')
        temporary.write_text(json.dumps(build_runner(config).test()))
        os.replace(temporary, path)
    return json.loads(path.read_text())['pascal_voc/mAP']


def draw(checkpoint: Path) -> Path:
    """Draw one validation image as both interpolators make it."""
    config = Config.fromfile('configs/mini/lighthead_dsnet_texture.py')
    init_default_scope(config.default_scope)
    model = MODELS.build(config.model)
    model.load_state_dict(load_local(checkpoint)['state_dict'])
    preprocessor = model.data_preprocessor
    images = sorted(Path('data/texture/VOC2007/JPEGImages').glob('*.jpg'))
    image = cv2.imread(str(images[-1]))
    figure = draw_comparison(
        image,
        preprocessor.target_size(*image.shape[:2]),
        learned=preprocessor.interpolator.eval(),
        other=MODELS.build(dict(type='FixedInterpolator')),
    )
    path = WORK_DIR / 'comparison.png'
    write_figure(figure, path)
    return path


def main() -> None:
    """Make the data, train and evaluate both, print the table and draw the picture."""
    os.chdir(ROOT)
    start = time.time()
    torch.set_num_threads(os.cpu_count() or 1)
    print('texture set: in data/texture, made where it is missing', flush=True)
    make_texture_set('data/texture')
    checkpoints = {name: train(name) for name in INTERPOLATORS}
    scores = {name: evaluate(name, checkpoint) for name, checkpoint in checkpoints.items()}
    print(f'\n{"Light-Head R-CNN on the texture set at 0.3x":<44}mAP at IoU 0.5')
    for name, score in scores.items():
        print(f'{INTERPOLATORS[name]:<44}{score:.3f}')
    print(f'\npicture: {draw(checkpoints["dsnet"])}')
    print(f'{time.time() - start:.0f} seconds')


if __name__ == '__main__':
    main()
