"""The memory that a step needs at its peak, beyond what was there before it."""

import ctypes
import multiprocessing
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path

import torch

MakeStep = Callable[..., Callable[[], object]]

_STATUS, _CLEAR = Path('/proc/self/status'), Path('/proc/self/clear_refs')


def peak_memory(make_step: MakeStep, arguments: tuple, *, warm_up: tuple) -> int:
    """Measure the memory that a step on the CPU needs, in a fresh process.

    What was allocated before it, for its inputs and parameters, is not counted. A step is taken
    first that is small, so that libraries are loaded. What counts is the resident memory that
    the system reports, in pages.

    Args:
        make_step: makes a step. It is imported by the process: a function of a module.
        arguments: what it is called with.
        warm_up: what it is called with for the small step.

    Returns:
        Bytes, at least 0.
    """
    spawn = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        threads = torch.get_num_threads()
        return pool.submit(_measure, make_step, arguments, warm_up, threads).result()


def peak_cuda_memory(step: Callable[[], object], device: torch.device) -> int:
    """Measure the memory that a step needs on a CUDA device, beyond what was allocated before.

    Returns:
        Bytes, of tensors.
    """
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    step()
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device) - before


def _measure(make_step: MakeStep, arguments: tuple, warm_up: tuple, threads: int) -> int:
    torch.set_num_threads(threads)
    make_step(*warm_up)()
    _give_back_free()
    step = make_step(*arguments)
    before = _forget_peak()
    step()
    return max(0, _peak() - before)


def _give_back_free() -> None:
    """Give back what was freed but kept for later, which would hide as much of what follows."""
    with suppress(AttributeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)


def _forget_peak() -> int:
    """Let the peak start again from here, where the system can; give where it stands in bytes."""
    with suppress(OSError):
        _CLEAR.write_text('5')
    return _peak()


def _peak() -> int:
    """Give the most resident memory that the process has had, in bytes.

    Linux hands ``ru_maxrss`` on to a new process from the one that starts it, whose peak may be
    far greater; what /proc says is the process' own.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text().splitlines():
            if line.startswith('VmHWM:'):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == 'darwin' else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
