"""What a measurement was made on, and by which command; nothing that names the machine itself."""

import os
import platform
import shlex
import subprocess
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import torch


def describe_run(arguments: Sequence[str], *, device: str = 'cpu') -> dict[str, str | int]:
    """Describe the machine and the command of a measurement.

    Args:
        arguments: the command line, as ``sys.argv``. Of absolute paths, only the last part is kept.
        device: where the measurement computes.

    Example:
        >>> describe_run(['/path/to/benchmark.py', '--json=/path/to/a.json'])['command']
        'python tools/benchmark.py --json=a.json'
    """
    return dict(command=_command(arguments)) | describe_machine(device)


def describe_machine(device: str = 'cpu') -> dict[str, str | int]:
    """Describe the machine, the date and the versions of what computes.

    Args:
        device: where it computes.
    """
    facts = dict(
        date=datetime.now(timezone.utc).isoformat(timespec='seconds'),
        torch=torch.__version__,
        python=platform.python_version(),
        system=f'{platform.system()} {platform.machine()}',
        cpu=_cpu(),
        cores=os.cpu_count() or 0,
        threads=torch.get_num_threads(),
        device=device,
    )
    if commit := commit_of_the_code():
        facts['commit'] = commit
    # What the C library does with freed memory decides over page faults, and so over speed.
    if allocator := [key for key in sorted(os.environ) if key.startswith('MALLOC_')]:
        facts['environment'] = ' '.join(f'{key}={os.environ[key]}' for key in allocator)
    if torch.device(device).type == 'cuda':
        facts |= dict(
            gpu=torch.cuda.get_device_name(device),
            cuda=str(torch.version.cuda),
            cudnn=torch.backends.cudnn.version() or 0,
        )
    return facts


def commit_of_the_code() -> str | None:
    """Name the commit of this source tree; None where there is none, or no git."""
    root = Path(__file__).resolve().parents[2]
    if not (root / '.git').exists():
        return None
    command = ['git', '-C', str(root), 'describe', '--always', '--dirty', '--exclude=*']
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _command(arguments: Sequence[str]) -> str:
    words = [_without_folders(word) for word in arguments[1:]]
    return shlex.join(['python', f'tools/{Path(arguments[0]).name}', *words])


def _without_folders(word: str) -> str:
    option, equals, value = word.rpartition('=')
    return f'{option}{equals}{Path(value).name}' if Path(value).is_absolute() else word


def _cpu() -> str:
    """Name the model of the processor, or what is known of it."""
    info = Path('/proc/cpuinfo')
    if info.is_file():
        for line in info.read_text().splitlines():
            key, _, value = line.partition(':')
            if key.strip() == 'model name':
                return value.strip()
    return platform.processor() or platform.machine()
