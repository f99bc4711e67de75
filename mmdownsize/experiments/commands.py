"""The commands of a run: what a user would type, on this machine or under Slurm."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .run import Run

NEVER = 10**9  # an epoch that no training reaches
FREEZE = 'FreezeInterpolatorHook'


@dataclass(frozen=True)
class Launcher:
    """How tools/train.py and tools/test.py are started.

    Attributes:
        kind: 'none', a process of this machine, or 'slurm', a job of several.
        partition: of Slurm.
    """

    kind: str = 'none'
    partition: str = ''

    def __post_init__(self) -> None:
        if self.kind not in ('none', 'slurm'):
            raise ValueError(f"launcher is 'none' or 'slurm', got {self.kind!r}")
        if self.kind == 'slurm' and not self.partition:
            raise ValueError('the launcher slurm needs a partition: add --partition NAME')

    def command(self, tool: str, job: str, arguments: Sequence[str]) -> list[str]:
        """Put a tool, 'train' or 'test', behind the launcher."""
        if self.kind == 'slurm':
            return [f'tools/slurm_{tool}.sh', self.partition, job, *arguments]
        return ['python', f'tools/{tool}.py', *arguments]


def train_command(run: Run, folder: Path, launcher: Launcher, source: str | None) -> list[str]:
    """Train, or go on with what was interrupted; the test comes afterwards.

    Args:
        run: what to train.
        folder: its work folder.
        launcher: see `Launcher`.
        source: checkpoint with the interpolator to freeze.
    """
    settings = run.settings() | {'train_cfg.val_begin': NEVER}
    if source is not None:
        settings[f'custom_hooks.{_freezing_hook(run)}.checkpoint'] = source
    arguments = [run.config, '--resume', '--work-dir', str(folder), *_overrides(settings)]
    return launcher.command('train', run.name, arguments)


def test_command(
    run: Run, folder: Path, launcher: Launcher, checkpoint: str, scores: Path
) -> list[str]:
    """Test the last checkpoint, and write its scores to a file."""
    arguments = [run.config, checkpoint, '--work-dir', str(folder), '--json', str(scores)]
    return launcher.command('test', run.name, [*arguments, *_overrides(run.settings())])


def executable(command: Sequence[str]) -> list[str]:
    """Let this very Python run a command that begins with 'python'."""
    return [sys.executable if command[0] == 'python' else command[0], *command[1:]]


def environment(threads: int, slot: int, gpus: int) -> dict[str, str]:
    """Give one of several runs at a time its share of the machine.

    Args:
        threads: of the processor.
        slot: number of the run among those of the moment.
        gpus: how many there are; runs take them in turn.
    """
    share = dict(OMP_NUM_THREADS=str(threads), PYTHON=sys.executable, PYTHONUNBUFFERED='1')
    if gpus > 1:
        share['CUDA_VISIBLE_DEVICES'] = str(slot % gpus)
    return os.environ | share


def _freezing_hook(run: Run) -> int:
    """Find the hook that takes the checkpoint of the source."""
    hooks = run.load().get('custom_hooks', [])
    for index, hook in enumerate(hooks):
        if hook['type'] == FREEZE:
            return index
    raise ValueError(
        f'{run.config} has no {FREEZE} among its custom_hooks to take the interpolator of '
        f'{run.source.name}: see configs/transfer/'
    )


def _overrides(settings: dict[str, object]) -> list[str]:
    return ['--cfg-options', *(f'{key}={value}' for key, value in settings.items())]
