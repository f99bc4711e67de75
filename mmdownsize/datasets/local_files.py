"""Files that lie on this machine, checked by listing their folders instead of one by one."""

from __future__ import annotations

import os
from collections.abc import Sequence

__all__ = ['check_listed', 'find_missing', 'is_local', 'read_names']


def is_local(path: str, backend_args: dict | None) -> bool:
    """Whether a path is on this machine, where folders can be listed.

    Args:
        path: file or folder; one that names a protocol is elsewhere.
        backend_args: of mmengine's file backend, as a dataset has it.

    Examples:
        >>> is_local('data/train.txt', None), is_local('s3://data/train.txt', None)
        (True, False)
    """
    backend = (backend_args or {}).get('backend', 'local')
    return backend in ('local', 'disk') and '://' not in path


def read_names(path: str, what: str, advice: str) -> list[str]:
    """Read a list of names, one per line.

    Args:
        path: the list.
        what: a name is, for the message.
        advice: what to do where the list is empty.

    Returns:
        The lines, without their ends.

    Raises:
        ValueError: if the list is empty, or a line is blank, as mmengine takes it for a name.
    """
    with open(path, encoding='utf-8') as lines:
        names = [line.rstrip('\r\n') for line in lines]
    blank = [number for number, name in enumerate(names, 1) if not name.strip()]
    if len(blank) == len(names):
        raise ValueError(f'{path} should list one {what} per line, but it is empty; {advice}')
    if blank:
        raise ValueError(
            f'{path} should list one {what} per line, but line {blank[0]} is blank; remove it'
        )
    return names


def check_listed(folder: str, names: Sequence[str], source: str, *, advice: str) -> None:
    """Check that a folder has all the files that some list names.

    Args:
        folder: folder that the names are relative to.
        names: names of files; they may hold sub-folders.
        source: file that lists the names, for the message.
        advice: end of the message: the layout expected, and what to do.

    Raises:
        FileNotFoundError: naming the first file that is missing and the number of the others.

    Examples:
        >>> check_listed('nowhere', ['a/1.jpg', 'a/2.jpg'], 'list.txt', advice='Link it.')
        Traceback (most recent call last):
        FileNotFoundError: nowhere/a/1.jpg: listed in list.txt, but missing (with 1 more). Link it.
    """
    missing = find_missing(folder, names)
    if missing:
        path = os.path.join(folder, missing[0])
        others = f' (with {len(missing) - 1} more)' if len(missing) > 1 else ''
        raise FileNotFoundError(f'{path}: listed in {source}, but missing{others}. {advice}')


def find_missing(folder: str, names: Sequence[str]) -> list[str]:
    """Give the names that a folder does not have.

    The folder, and each sub-folder that a name goes through, is listed once.

    Args:
        folder: folder that the names are relative to.
        names: names of files; they may hold sub-folders.

    Examples:
        >>> find_missing('nowhere', ['a/1.jpg', '2.jpg'])
        ['a/1.jpg', '2.jpg']
    """
    parts = [os.path.split(name) for name in names]
    heads = {head for head, _ in parts}
    present = {head: _names_in(os.path.join(folder, head) if head else folder) for head in heads}
    return [os.path.join(head, name) for head, name in parts if name not in present[head]]


def _names_in(folder: str) -> set[str]:
    """The names in a folder; none if there is no such folder."""
    if not os.path.isdir(folder):
        return set()
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries}
