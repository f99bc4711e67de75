import random

import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from torch.utils.data import DataLoader, Dataset
from toy import toy_config

from mmdownsize.config import build_runner
from mmdownsize.hooks import seed_worker


@HOOKS.register_module()
class DrawingHook(Hook):
    """Draws from each generator at the start of each epoch, and upsets them at its end."""

    drawn: list = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.drawn.append((random.random(), np.random.rand(), torch.rand(1).item()))

    def after_train_epoch(self, runner):
        torch.rand(runner.epoch + 1)


def draw(tmp_path, **changes) -> list:
    DrawingHook.drawn = []
    hooks = [dict(type='EpochSeedHook'), dict(type='DrawingHook')]
    build_runner(toy_config(tmp_path, custom_hooks=hooks, **changes)).train()
    return DrawingHook.drawn


def test_epochs_draw_other_numbers_and_a_resumed_run_the_same(tmp_path):
    whole = draw(tmp_path, epochs=3)
    assert len({numbers for epoch in whole for numbers in epoch}) == 9
    rest = draw(tmp_path, epochs=3, resume=True, load_from=str(tmp_path / 'epoch_1.pth'))
    assert rest == whole[1:]


class Noise(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return np.random.rand(), random.random(), torch.rand(1).item()


def test_workers_draw_other_numbers_in_each_epoch_by_the_main_seed():
    def epochs():
        torch.manual_seed(0)
        loader = DataLoader(Noise(), num_workers=2, worker_init_fn=seed_worker)
        return [torch.stack([torch.stack(batch) for batch in loader]) for _ in range(2)]

    one, other = epochs(), epochs()
    assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
    assert torch.cat(one).unique().numel() == torch.cat(one).numel()
