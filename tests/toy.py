"""A model that trains in milliseconds, behind the real preprocessor, runner and hooks."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.model import BaseDataPreprocessor, BaseModel
from mmengine.optim import OptimWrapper
from mmengine.registry import DATASETS, MODELS, OPTIM_WRAPPERS
from mmengine.structures import BaseDataElement
from torch import Tensor, nn
from torch.utils.data import Dataset

import mmdownsize  # noqa: F401
from mmdownsize.config import leave_processes


@DATASETS.register_module()
class ToyDataset(Dataset):
    def __init__(self, length: int = 4) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict:
        generator = torch.Generator().manual_seed(index)
        image = torch.randint(256, (3, 20, 24), generator=generator, dtype=torch.uint8)
        sample = BaseDataElement(metainfo=dict(img_shape=(20, 24), ori_shape=(20, 24)))
        return dict(inputs=image, data_samples=sample)


@MODELS.register_module()
class ToyModel(BaseModel):
    """Its loss is a mean over images, so that halves of a batch average to the whole."""

    def __init__(self, data_preprocessor: dict) -> None:
        super().__init__(data_preprocessor)
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, inputs: Tensor, data_samples: list | None = None, mode: str = 'tensor'):
        features = self.conv(inputs / 255).square()
        return dict(loss=features.mean()) if mode == 'loss' else features


@MODELS.register_module()
class HoldingPreprocessor(BaseDataPreprocessor):
    """Holds another, as mmdet's MultiBranchDataPreprocessor does, for a single branch."""

    def __init__(self, data_preprocessor: dict) -> None:
        super().__init__()
        self.data_preprocessor = MODELS.build(data_preprocessor)

    def forward(self, data: dict, training: bool = False) -> dict:
        return self.data_preprocessor(data, training)


@OPTIM_WRAPPERS.register_module()
class RecordingOptimWrapper(OptimWrapper):
    """Keeps the gradients of every step."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.gradients: list[list[Tensor]] = []

    def step(self, **kwargs) -> None:
        parameters = (p for group in self.optimizer.param_groups for p in group['params'])
        self.gradients.append([p.grad.clone() for p in parameters if p.grad is not None])
        super().step(**kwargs)


def toy_config(
    work_dir: Path,
    *,
    batch_size: int = 4,
    epochs: int = 2,
    interpolator: dict | None = None,
    **changes,
) -> Config:
    return Config(
        dict(
            work_dir=str(work_dir),
            experiment_name='toy',
            model=dict(
                type='ToyModel',
                data_preprocessor=dict(
                    type='DownsizePreprocessor',
                    interpolator=interpolator or dict(type='DownsizeNet', init='random'),
                    scale_factor=0.5,
                    preprocessor=dict(type='ImgDataPreprocessor'),
                ),
            ),
            train_dataloader=dict(
                batch_size=batch_size,
                num_workers=0,
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=dict(type='ToyDataset', length=4),
            ),
            train_cfg=dict(by_epoch=True, max_epochs=epochs),
            optim_wrapper=dict(
                type='RecordingOptimWrapper', optimizer=dict(type='SGD', lr=0.05, momentum=0.9)
            ),
            default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1)),
            randomness=dict(seed=0),
            env_cfg=dict(dist_cfg=dict(backend='gloo')),
            log_level='WARNING',
        )
        | changes
    )


def run_processes(worker: Callable, *args: object, processes: int = 2) -> None:
    """Run ``worker(*args)`` in several processes that torch.distributed can connect."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    torch.multiprocessing.spawn(_start, (worker, args, processes, port), nprocs=processes)


def _start(rank: int, worker: Callable, args: tuple, processes: int, port: int) -> None:
    os.environ |= dict(
        RANK=str(rank),
        LOCAL_RANK=str(rank),
        WORLD_SIZE=str(processes),
        MASTER_ADDR='127.0.0.1',
        MASTER_PORT=str(port),
    )
    torch.set_num_threads(1)
    worker(*args)
    leave_processes()
    # What is left to do is the interpreter's, whose teardown has been seen to abort where gloo's
    # threads have been: that would be no failure of the work, which is done.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
