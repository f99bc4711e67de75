"""A toy training and what its test gave, to export the interpolator of."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from toy import toy_config

from mmdownsize.checkpoint import load_from_local
from mmdownsize.config import build_runner
from mmdownsize.interpolators.base import MODEL_PREFIX
from mmdownsize.weights import registry

OPTIONS = dict(type='DownsizeNet', channels=4, taps=4, coef_groups=3, init='random')
RESULT = dict(
    config='configs/mini/toy.py',
    interpolator='dsnet:channels=4,taps=4,coef_groups=3,init=random',
    seed=0,
    commands=['python tools/train.py configs/mini/toy.py', 'python tools/test.py configs/mini'],
    metric='mIoU',
    score=48.6,
    scores=dict(mIoU=48.6),
    run=dict(date='2025-01-02', cpu='one', commit='abc'),
)


def trained(work_dir: Path, **options) -> tuple[Path, Config]:
    """Train for two steps: the checkpoint, and the config that made it."""
    config = toy_config(work_dir, interpolator=OPTIONS | options)
    build_runner(config).train()
    return work_dir / 'epoch_2.pth', config


def weights_of(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Take the interpolator out of a checkpoint, as plainly as can be."""
    start = f'{MODEL_PREFIX}.'
    whole = load_from_local(checkpoint)['state_dict']
    return {key.replace(start, ''): value for key, value in whole.items() if start in key}


def use_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Let the trained interpolators of the package be those of a folder."""
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(registry, 'FOLDER', folder)
    return folder
