"""Sizes on the command line: 300x300:100x100, 360x480:0.3, 300x300."""

import re
from dataclasses import dataclass

from ..preprocessing import TargetSize

_PAIR = re.compile(r'([1-9]\d*)x([1-9]\d*)')
_NUMBER = re.compile(r'\d*\.?\d+')


@dataclass(frozen=True)
class SizeSpec:
    """The size of images, and of what they are downsized to.

    Args:
        source: height and width, in pixels.
        rule: gives the target; None leaves it to the config of a model.
    """

    source: tuple[int, int]
    rule: TargetSize | None = None

    @classmethod
    def parse(cls, text: str) -> 'SizeSpec':
        """Read ``HxW:hxw``, ``HxW:ratio`` or ``HxW``.

        Raises:
            ValueError: it is none of them.

        Example:
            >>> SizeSpec.parse('360x480:0.3').target
            (108, 144)
            >>> str(SizeSpec.parse('300x300:100x100'))
            '300x300:100x100'
        """
        source, colon, target = text.partition(':')
        pair, frame = _PAIR.fullmatch(source), _PAIR.fullmatch(target)
        number = _NUMBER.fullmatch(target)
        if not pair or (colon and not frame and not (number and float(target) > 0)):
            raise ValueError(
                f'a size is HxW:hxw, HxW:ratio or HxW, as 300x300:100x100 or 360x480:0.3; '
                f'got {text!r}'
            )
        if frame:
            return cls(_edges(pair), TargetSize(size=_edges(frame)))
        return cls(_edges(pair), TargetSize(float(target)) if number else None)

    @property
    def target(self) -> tuple[int, int]:
        """Height and width of the result.

        Raises:
            ValueError: the rule is left to a config.
        """
        if self.rule is None:
            raise ValueError(f'{self} names no target: write {self}:hxw or {self}:ratio')
        return self.rule(*self.source)

    def __str__(self) -> str:
        """Write it as it is read, a ratio as the size that it gives."""
        source = _text(self.source)
        return source if self.rule is None else f'{source}:{_text(self.target)}'


def _edges(match: re.Match) -> tuple[int, int]:
    return int(match[1]), int(match[2])


def _text(size: tuple[int, int]) -> str:
    return f'{size[0]}x{size[1]}'
