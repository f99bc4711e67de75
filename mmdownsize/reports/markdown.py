"""Tables in Markdown, aligned so that they can be read as they are."""

from collections.abc import Sequence


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table, its first column aligned to the left, the others to the right.

    Args:
        head: names of the columns.
        rows: cells, as many to a row as the head has.

    Example:
        >>> print(markdown_table(['name', 'ms'], [['area', '0.5'], ['dsnet', '12.5']]))
        | name  |   ms |
        |:------|-----:|
        | area  |  0.5 |
        | dsnet | 12.5 |
    """
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = [':' + '-' * (widths[0] + 1), *('-' * (width + 1) + ':' for width in widths[1:])]
    lines = [_line(head, widths), f'|{"|".join(rule)}|']
    return '\n'.join([*lines, *(_line(row, widths) for row in rows)])


def number(value: float | None, digits: int = 2, unit: str = '') -> str:
    """Write a number for a table; nothing for None.

    Example:
        >>> number(1.2345), number(1.2, unit='x'), number(None)
        ('1.23', '1.20x', '')
    """
    return '' if value is None else f'{value:.{digits}f}{unit}'


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    others = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f'| {" | ".join([first, *others])} |'
