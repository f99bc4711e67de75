"""The rule that gives each image its size."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class TargetSize:
    """Give each image the size that it is downsized to.

    Args:
        scale_factor: of both axes, greater than 0. Sizes are rounded to the nearest pixel, to at
            least one.
        size: height and width in pixels, each at least 1.
        keep_ratio: take `size` as a frame that the image is fitted into with its aspect ratio
            kept: its longer edge into the longer of the frame, its shorter into the shorter,
            whichever way up, as mmdet's Resize does.

    Raises:
        ValueError: not exactly one of `scale_factor` and `size` is given, or it is out of range.
        TypeError: `size` is not two whole numbers, or `scale_factor` no number.

    Example:
        >>> TargetSize(scale_factor=0.3)(375, 500)
        (113, 150)
        >>> TargetSize(size=(100, 200), keep_ratio=True)(500, 375)
        (133, 100)
    """

    scale_factor: float | None = None
    size: tuple[int, int] | None = None
    keep_ratio: bool = False

    def __post_init__(self) -> None:
        if (self.scale_factor is None) == (self.size is None):
            raise ValueError(
                'exactly one of scale_factor and size=(height, width) is needed, got '
                f'scale_factor={self.scale_factor!r} and size={self.size!r}: set the other to None'
            )
        if self.size is None:
            self._check_scale_factor()
        else:
            self._check_size()

    def _check_scale_factor(self) -> None:
        scale = self.scale_factor
        if not isinstance(scale, (int, float)) or isinstance(scale, bool):
            raise TypeError(f'scale_factor is one number, the factor of both axes, got {scale!r}')
        if not 0 < scale < math.inf:
            raise ValueError(f'scale_factor is a finite number greater than 0, got {scale!r}')
        if self.keep_ratio:
            raise ValueError('keep_ratio=True goes with size=(height, width), got scale_factor')

    def _check_size(self) -> None:
        size = self.size
        if (
            not isinstance(size, (tuple, list))
            or len(size) != 2
            or not all(isinstance(edge, int) and not isinstance(edge, bool) for edge in size)
        ):
            raise TypeError(f'size is (height, width) in whole pixels, got {size!r}')
        if min(size) < 1:
            raise ValueError(f'size is a height and a width of at least 1 pixel, got {size!r}')

    def __call__(self, height: int, width: int) -> tuple[int, int]:
        """Give the target height and width of an image of this height and width."""
        if self.size is not None and not self.keep_ratio:
            return self.size[0], self.size[1]
        scale = self.scale_factor
        if scale is None:
            scale = min(
                max(self.size) / max(height, width),
                min(self.size) / min(height, width),
            )
        return _round(height * scale), _round(width * scale)


def _round(length: float) -> int:
    return max(1, int(length + 0.5))
