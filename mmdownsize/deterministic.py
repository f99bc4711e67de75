"""Trainings on a GPU that give the same numbers every time."""

import os

import torch


def make_deterministic() -> None:
    """Choose deterministic algorithms on CUDA; a CPU's are so already, and stay as they are.

    To be called before the first operation on a GPU. Of an operation that torch has no
    deterministic form of, torch warns: mmengine's ``randomness=dict(deterministic=True)`` makes it
    an error, which the loss of every segmentor would raise.

    Example:
        >>> make_deterministic()

    Source: torch, notes on reproducibility.
    """
    if not torch.cuda.is_available():
        return
    os.environ.setdefault('CUBLAS_WORKSPACE_CONFIG', ':4096:8')
    torch.backends.cudnn.deterministic = True
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Fills memory that is written to before it is read: it costs time and changes nothing.
    torch.utils.deterministic.fill_uninitialized_memory = False
