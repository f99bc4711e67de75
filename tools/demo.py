"""Train Light-Head R-CNN on the texture set behind bilinear resizing and behind DownsizeNet."""

import argparse
import os
import sys
import time
from pathlib import Path

import cv2
from mmengine.registry import MODELS, init_default_scope

from mmdownsize.checkpoint import load_from_local
from mmdownsize.datasets import make_texture_set
from mmdownsize.experiments import draw_comparison
from mmdownsize.experiments.command_line import tidy_exit
from mmdownsize.experiments.execute import Workshop
from mmdownsize.experiments.results import Results
from mmdownsize.experiments.run import Run, expand
from mmdownsize.mistakes import told_in_a_line
from mmdownsize.reports import write_figure

ROOT = Path(__file__).parents[1]
WORK_DIR = Path('work_dirs/demo')
CONFIG = 'configs/mini/lighthead_bilinear_texture.py'
TITLES = {'bilinear': 'bilinear', 'dsnet': 'DownsizeNet'}


def draw(run: Run, checkpoint: Path) -> Path:
    """Draw one validation image as the trained interpolator and bilinear interpolation make it."""
    config = run.load()
    init_default_scope(config.default_scope)
    model = MODELS.build(config.model)
    model.load_state_dict(load_from_local(checkpoint)['state_dict'])
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
    """Make the data, train and test both, print the table and draw the picture."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.chdir(ROOT)
    start = time.time()
    print('texture set: in data/texture, made where it is missing', flush=True)
    with told_in_a_line('demo.py'):
        make_texture_set('data/texture')
    runs = expand(
        CONFIG,
        interpolators=list(TITLES),
        seeds=[0],
        options={'default_hooks.logger.interval': 20},
    )
    workshop = Workshop(Results(WORK_DIR / 'results'), WORK_DIR, threads=os.cpu_count())
    with tidy_exit('demo.py'):
        if failed := workshop.execute(runs):
            sys.exit(f'demo.py: {"; ".join(failed.values())}')
        print(f'\n{"Light-Head R-CNN on the texture set at 0.3x":<44}mAP at IoU 0.5')
        for run in runs:
            print(f'{TITLES[run.interpolator]:<44}{workshop.results.find(run).score:.1f}')
        print(f'\npicture: {draw(runs[-1], workshop.checkpoint(runs[-1]))}')
    print(f'{time.time() - start:.0f} seconds')


if __name__ == '__main__':
    main()
