"""The names of the classes that a data set is told to have."""

from collections.abc import Sequence


def check_class_names(classes: Sequence[str]) -> None:
    """See that classes are a sequence of different names.

    Raises:
        TypeError: they are one string, whose letters would be the classes.
        ValueError: one is named twice.

    Example:
        >>> check_class_names('car')
        Traceback (most recent call last):
        TypeError: metainfo=dict(classes=...) should be a tuple of names, but got the string 'car'; for one class write ('car',)
    """  # noqa: E501
    if isinstance(classes, str):
        raise TypeError(
            'metainfo=dict(classes=...) should be a tuple of names, but got the string '
            f'{classes!r}; for one class write ({classes!r},)'
        )
    if twice := sorted({name for name in classes if list(classes).count(name) > 1}):
        raise ValueError(f'metainfo=dict(classes=...) names {twice} twice: name each class once')
