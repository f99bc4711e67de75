"""The device that a benchmark runs on, as its command line names it."""

from argparse import ArgumentParser, ArgumentTypeError

import torch


def add_device_option(parser: ArgumentParser) -> None:
    """Add ``--device`` to a command line."""
    parser.add_argument(
        '--device', type=read_device, default='cpu', help='cpu or cuda (default: cpu)'
    )


def read_device(text: str) -> str:
    """Read the name of a device, and see that it is there.

    Raises:
        ArgumentTypeError: it is no device, or torch finds none such.

    Example:
        >>> read_device('cpu')
        'cpu'
    """
    try:
        kind = torch.device(text).type
    except RuntimeError:
        kind = text
    if kind not in ('cpu', 'cuda'):
        raise ArgumentTypeError(f'it is cpu or cuda, got {text}')
    if kind == 'cuda' and not torch.cuda.is_available():
        raise ArgumentTypeError('cuda needs a GPU, and torch finds none')
    return text
