"""The commands of a run: what a user would type, on this machine or under Slurm."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config, DictAction

from .run import FREEZE, WORK_DIRS, Run

NEVER = 10**9  # an epoch that no training reaches


@dataclass(frozen=True)
class Launcher:
    """How tools/train.py and tools/test.py are started.

    Attributes:
        kind: 'none', a process of this machine, or 'slurm', a job of several.
        partition: of Slurm.
        gpus: of a job of Slurm; None is as many as the run's config has its learning rate for.

    Raises:
        ValueError: an option is out of range, or missing.
    """

    kind: str = 'none'
    partition: str = ''
    gpus: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in ('none', 'slurm'):
            raise ValueError(f"launcher is 'none' or 'slurm', got {self.kind!r}")
        if self.kind == 'slurm' and not self.partition:
            raise ValueError('the launcher slurm needs a partition: add --partition NAME')
        if self.kind == 'none' and (self.partition or self.gpus is not None):
            raise ValueError('a partition and gpus are of Slurm: add --launcher slurm')
        if self.gpus is not None and self.gpus < 1:
            raise ValueError(f'gpus is at least 1, got {self.gpus}')

    def command(self, tool: str, run: Run, arguments: Sequence[str]) -> list[str]:
        """Put a tool, 'train' or 'test', behind the launcher."""
        if self.kind == 'slurm':
            script = [f'tools/slurm_{tool}.sh', self.partition, run.name]
            return ['env', f'GPUS={self.gpus or gpus_of(run.load())}', *script, *arguments]
        return ['python', f'tools/{tool}.py', *arguments]


def gpus_of(config: Config) -> int:
    """Count the GPUs whose batches are together what the learning rate of a config is meant for.

    Example:
        >>> gpus_of(Config.fromfile('configs/detr_dsnet_coco.py'))  # 16 images a step, 2 a GPU
        8
    """
    batch_size = config.train_dataloader.batch_size
    meant = config.get('auto_scale_lr', {}).get('base_batch_size', batch_size)
    return max(1, meant // batch_size)


def train_command(run: Run, folder: Path, launcher: Launcher, source: str | None) -> list[str]:
    """Train, or go on with what was interrupted; the test comes afterwards.

    Args:
        run: what to train.
        folder: its work folder.
        launcher: see `Launcher`.
        source: checkpoint of the run that it starts from.
    """
    settings = _settings(run, source) | {'train_cfg.val_begin': NEVER}
    arguments = [run.config, '--resume', '--deterministic', '--work-dir', str(folder)]
    arguments += _overrides(settings)
    return launcher.command('train', run, arguments)


def test_command(
    run: Run, folder: Path, launcher: Launcher, source: str | None, checkpoint: str
) -> list[str]:
    """Test a checkpoint, in a folder of its own below that of the training.

    Args:
        run: that was trained.
        folder: its work folder.
        launcher: see `Launcher`.
        source: as in `train_command`.
        checkpoint: the last one of the training.
    """
    arguments = [run.config, checkpoint, '--work-dir', str(folder / 'test')]
    arguments += ['--json', str(scores_file(folder)), *_overrides(_settings(run, source))]
    return launcher.command('test', run, arguments)


def scores_file(folder: Path) -> Path:
    """Where the test of a run writes its scores."""
    return folder / 'scores.json'


def executable(command: Sequence[str]) -> list[str]:
    """Let this very Python run a command that begins with 'python'."""
    return [sys.executable if command[0] == 'python' else command[0], *command[1:]]


def environment(threads: int, place: int, gpus: int) -> dict[str, str]:
    """Give one of several runs of this machine its share of it.

    Args:
        threads: of the processor.
        place: number of the run among those of the moment.
        gpus: how many this process sees; runs take them in turn.
    """
    share = dict(OMP_NUM_THREADS=str(threads))
    if gpus > 1:
        seen = os.environ.get('CUDA_VISIBLE_DEVICES') or ','.join(map(str, range(gpus)))
        share['CUDA_VISIBLE_DEVICES'] = seen.split(',')[place % gpus]
    return share


def _settings(run: Run, source: str | None) -> dict[str, object]:
    settings = run.settings()
    if source is not None:
        places = run.checkpoints()
        if not places:
            raise ValueError(
                f'{run.config} has neither a {FREEZE} among its custom_hooks, nor a load_from or '
                f'a backbone whose init_cfg names a checkpoint of {WORK_DIRS}, to take the '
                f'weights of {run.source.name}: see configs/transfer/'
            )
        settings |= dict.fromkeys(places, source)
    return settings


def _overrides(settings: dict[str, object]) -> list[str]:
    """Write settings as ``--cfg-options`` reads them.

    Raises:
        ValueError: it would read something else.
    """
    for key, value in settings.items():
        read = DictAction._parse_iterable(str(value))
        if read != value or type(read) is not type(value):
            raise ValueError(
                f'{key}={value!r} cannot be given by --cfg-options, which would read {read!r}: '
                'write it into a config'
            )
    return ['--cfg-options', *(f'{key}={value}' for key, value in settings.items())]
