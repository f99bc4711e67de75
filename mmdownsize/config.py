"""A config, completed by what the command line says."""

from pathlib import Path

import torch
from mmengine.config import Config


def load_config(
    path: str,
    *,
    work_dir: str | None = None,
    launcher: str = 'none',
    options: dict | None = None,
) -> Config:
    """Read a config for `tools/train.py` or `tools/test.py`.

    Args:
        path: config file.
        work_dir: where the run writes; default ``work_dirs/`` and the name of the config.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi', as in mmengine. Without a GPU, processes
            talk by gloo.
        options: overrides, by dotted keys.

    Raises:
        FileNotFoundError: there is no such config.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no config at {path}; see configs/ and configs/mini/')
    config = Config.fromfile(path)
    config.launcher = launcher
    if options:
        config.merge_from_dict(options)
    config.work_dir = work_dir or config.get('work_dir') or f'work_dirs/{Path(path).stem}'
    if launcher != 'none' and not torch.cuda.is_available():
        _use_cpu_processes(config)
    return config


def latest_checkpoint(work_dir: str) -> Path | None:
    """Find the checkpoint that was saved last in a work folder; None if there is none.

    mmengine notes the name of the last one in a file of its own, which a run that is killed at
    the wrong moment leaves empty; this looks at the checkpoints, which are moved into place whole.
    """
    saved = [*Path(work_dir).glob('epoch_*.pth'), *Path(work_dir).glob('iter_*.pth')]
    return max(saved, key=lambda path: path.stat().st_mtime_ns, default=None)


def _use_cpu_processes(config: Config) -> None:
    config.merge_from_dict({'env_cfg.dist_cfg.backend': 'gloo'})
    if config.get('model_wrapper_cfg') is None:  # mmengine's default names a GPU
        config.model_wrapper_cfg = dict(
            type='MMDistributedDataParallel',
            broadcast_buffers=False,
            find_unused_parameters=config.get('find_unused_parameters', False),
        )
