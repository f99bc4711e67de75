"""The hand-crafted interpolations that DownsizeNet is compared with."""

import torch.nn.functional as F
from mmengine.registry import MODELS
from torch import Tensor

from .base import Interpolator

_TORCH_MODES = {
    'nearest': 'nearest-exact',  # torch's 'nearest' is half a pixel off the other modes' centres
    'bilinear': 'bilinear',
    'bicubic': 'bicubic',
    'area': 'area',
}


@MODELS.register_module()
class FixedInterpolator(Interpolator):
    """Resize by a fixed formula of ``torch.nn.functional.interpolate``, half-pixel centres.

    Args:
        mode: 'nearest', 'bilinear', 'bicubic' or 'area'. Bicubic may leave the range of the image.
        antialias: let the support grow with the ratio; for 'bilinear' and 'bicubic'.

    Raises:
        ValueError: the mode is unknown, or does not know antialiasing.

    Example:
        >>> import torch
        >>> image = torch.rand(1, 3, 6, 10)
        >>> FixedInterpolator('area')(image, (2, 5)).shape
        torch.Size([1, 3, 2, 5])
    """

    def __init__(self, mode: str = 'bilinear', *, antialias: bool = False) -> None:
        super().__init__()
        if mode not in _TORCH_MODES:
            raise ValueError(f'mode is one of {sorted(_TORCH_MODES)}, got {mode!r}')
        if antialias and mode not in ('bilinear', 'bicubic'):
            raise ValueError(
                f"antialias=True needs mode='bilinear' or 'bicubic', got {mode!r}: "
                "'area' averages all it covers by itself"
            )
        self.mode = mode
        self.antialias = antialias

    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """See `Interpolator.forward`."""
        return F.interpolate(image, size, mode=_TORCH_MODES[self.mode], antialias=self.antialias)

    def extra_repr(self) -> str:
        """Name the mode in the printed model."""
        return f'mode={self.mode!r}, antialias={self.antialias}'
