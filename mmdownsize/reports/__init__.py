"""How measurements and experiments are told: the machine, the command, the tables."""

from .figure import write_figure
from .machine import commit_of_the_code, describe_machine, describe_run
from .markdown import markdown_table, number

__all__ = [
    'commit_of_the_code',
    'describe_machine',
    'describe_run',
    'markdown_table',
    'number',
    'write_figure',
]
