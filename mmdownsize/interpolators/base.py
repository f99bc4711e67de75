"""What every interpolator is: an image and a size go in, an image of that size comes out."""

from abc import ABCMeta, abstractmethod

import torch
from mmengine.model import BaseModule
from torch import Tensor

# Where a model of ours keeps its interpolator, in its checkpoints too.
MODEL_PREFIX = 'data_preprocessor.interpolator'


class Interpolator(BaseModule, metaclass=ABCMeta):
    """Base of all interpolators: checks the input, then interpolates.

    A subclass defines `interpolate` and is registered in ``mmengine.registry.MODELS``.

    Args:
        in_channels: channels that the image must have. None takes any number.
        init_cfg: as in mmengine, for instance ``dict(type='Pretrained', checkpoint=...)``.
    """

    def __init__(self, in_channels: int | None = None, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.in_channels = in_channels

    def forward(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """Resize a batch of images or feature maps.

        Args:
            image: float or uint8 tensor of shape (N, C, H, W), on any scale of values (0-255 for
                images).
            size: height and width of the result, in pixels, each at least 1.

        Returns:
            Shape (N, C, *size), on the same scale of values; float32 for uint8.

        Raises:
            TypeError: the image is no float or uint8 tensor, or the size is not of integers.
            ValueError: a dimension, the number of channels or the size is out of range.
        """
        self._check(image, size)
        if image.dtype == torch.uint8 and not self.reads_bytes(image):
            image = image.float()
        return self.interpolate(image, (int(size[0]), int(size[1])))

    def reads_bytes(self, image: Tensor) -> bool:
        """Tell whether `interpolate` takes this uint8 image as it is, which saves a float copy."""
        return False

    @abstractmethod
    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """Resize an image that was checked; see `forward`."""

    # mmengine loads what fits and warns of the rest: given a whole model's weights for those of an
    # interpolator, it would load nothing.
    def _load_from_state_dict(self, state_dict: dict, prefix: str, *args) -> None:
        if not prefix and any(key.startswith(f'{MODEL_PREFIX}.') for key in state_dict):
            raise RuntimeError(
                'these are the weights of a whole model, its interpolator among them: name '
                f'prefix={MODEL_PREFIX!r} beside the checkpoint'
            )
        super()._load_from_state_dict(state_dict, prefix, *args)

    def _check(self, image: Tensor, size: tuple[int, int]) -> None:
        name = type(self).__name__
        if not isinstance(image, Tensor) or not (
            image.is_floating_point() or image.dtype == torch.uint8
        ):
            got = image.dtype if isinstance(image, Tensor) else type(image).__name__
            raise TypeError(
                f'{name} expects a float or uint8 tensor, got {got}: call .float() on the image'
            )
        if image.dim() != 4 or 0 in image.shape:
            raise ValueError(
                f'{name} expects a non-empty image of shape (N, C, H, W), got {tuple(image.shape)}'
            )
        if self.in_channels is not None and image.shape[1] != self.in_channels:
            raise ValueError(
                f'{name} was built for {self.in_channels} channels, the image has '
                f'{image.shape[1]}: load images with color_type="color", or set in_channels'
            )
        is_pair = isinstance(size, (tuple, list)) and len(size) == 2
        if not is_pair or not all(_is_integer(length) for length in size):
            raise TypeError(f'{name} expects size=(height, width) in whole pixels, got {size!r}')
        if min(size) < 1:
            raise ValueError(f'{name} expects a height and a width of at least 1, got {size!r}')


def _is_integer(length: object) -> bool:
    return isinstance(length, (int, torch.SymInt)) and not isinstance(length, bool)
