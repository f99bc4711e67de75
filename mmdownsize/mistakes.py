"""A user's mistake ends a tool in one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def told_in_a_line(
    tool: str, errors: tuple[type[Exception], ...] = (KeyError, OSError, TypeError, ValueError)
) -> Iterator[None]:
    """End the process with the message alone of an error that a user's mistake raises.

    It belongs around what reads settings and files; work that can fail in other ways keeps its
    traceback.

    Args:
        tool: name of the tool, which the line begins with.
        errors: kinds of errors that are mistakes.

    Raises:
        SystemExit: in place of one of them.

    Example:
        >>> with told_in_a_line('tool.py'):
        ...     raise ValueError('seed should be at least 0, but got -1')
        Traceback (most recent call last):
        SystemExit: tool.py: seed should be at least 0, but got -1
    """
    try:
        yield
    except errors as error:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        sys.exit(f'{tool}: {text}')
