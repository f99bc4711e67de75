"""The hand-crafted interpolations that DownsizeNet is compared with."""

from collections.abc import Sequence
from numbers import Real

import torch
import torch.nn.functional as F
from mmengine.registry import MODELS
from torch import Tensor

from ..ops import area_average
from .base import Interpolator

_TORCH_MODES = {
    'nearest': 'nearest-exact',  # torch's 'nearest' is half a pixel off the other modes' centres
    'bilinear': 'bilinear',
    'bicubic': 'bicubic',
}
_MODES = sorted([*_TORCH_MODES, 'area'])


@MODELS.register_module()
class FixedInterpolator(Interpolator):
    """Resize by a fixed formula, half-pixel centres.

    They are those of ``torch.nn.functional.interpolate``, 'nearest' its 'nearest-exact'; but for
    'area', which is cv2's INTER_AREA where both axes shrink: torch has it for whole ratios alone.

    Args:
        mode: 'nearest', 'bilinear', 'bicubic' or 'area'. Bicubic may leave the range of the image.
        antialias: let the support grow with the ratio; for 'bilinear' and 'bicubic'.
        through: resize to this share of the size asked for, above 0 and at most 1, and enlarge
            that bilinearly: the size of one image and the detail of a smaller one, to tell what a
            model gains by each.

    Raises:
        ValueError: the mode is unknown, or does not know antialiasing; the share is out of range.

    Example:
        >>> image = torch.rand(1, 3, 6, 10)
        >>> FixedInterpolator('area')(image, (2, 5)).shape
        torch.Size([1, 3, 2, 5])
    """

    def __init__(
        self, mode: str = 'bilinear', *, antialias: bool = False, through: float = 1.0
    ) -> None:
        super().__init__()
        if mode not in _MODES:
            raise ValueError(f'mode is one of {_MODES}, got {mode!r}')
        if antialias and mode not in ('bilinear', 'bicubic'):
            raise ValueError(
                f"antialias=True needs mode='bilinear' or 'bicubic', got {mode!r}: "
                "'area' averages all it covers by itself"
            )
        if not isinstance(through, Real) or not 0 < through <= 1:
            raise ValueError(f'through is a share above 0 and at most 1, got {through!r}')
        self.mode = mode
        self.antialias = antialias
        self.through = through

    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """See `Interpolator.forward`."""
        if self.through < 1:
            small = self._resized(image, [max(1, round(self.through * side)) for side in size])
            return F.interpolate(small, size, mode='bilinear')
        return self._resized(image, size)

    def _resized(self, image: Tensor, size: Sequence[int]) -> Tensor:
        if self.mode == 'area':
            return area_average(image, size)
        mode = _TORCH_MODES[self.mode]
        if not self.antialias:
            return F.interpolate(image, size, mode=mode)
        # A CPU has no antialiasing in half precision.
        precise = image.to(torch.promote_types(image.dtype, torch.float32))
        return F.interpolate(precise, size, mode=mode, antialias=True).to(image.dtype)

    def extra_repr(self) -> str:
        """Name the mode in the printed model."""
        return f'mode={self.mode!r}, antialias={self.antialias}, through={self.through}'
