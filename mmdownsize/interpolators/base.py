"""What every interpolator is: an image and a size go in, an image of that size comes out."""

import json
from abc import ABCMeta, abstractmethod

import torch
from mmengine.model import BaseModule
from torch import Tensor

# Where a model of ours keeps its interpolator, in its checkpoints too.
MODEL_PREFIX = 'data_preprocessor.interpolator'
FUNCTION = 'function'  # what the weights mean, beside them


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
        self._function: str | None = None

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

    def _record(self, **options: object) -> None:
        """Name the options without which the weights mean something else in the same shapes.

        They are saved beside the weights, by name and not as a buffer: hooks may average buffers.
        """
        self._function = json.dumps(options, sort_keys=True)

    def _save_to_state_dict(self, destination: dict, prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if self._function is not None:
            text = list(self._function.encode())
            destination[prefix + FUNCTION] = torch.tensor(text, dtype=torch.uint8)

    # mmengine loads what fits and only logs the rest: an interpolator would be one in part, or,
    # given a whole model's weights, not at all.
    def _load_from_state_dict(self, state_dict: dict, prefix: str, *args) -> None:
        if not prefix and any(key.startswith(f'{MODEL_PREFIX}.') for key in state_dict):
            raise RuntimeError(
                'these are the weights of a whole model, its interpolator among them: name '
                f'prefix={MODEL_PREFIX!r} beside the checkpoint'
            )
        theirs = state_dict.pop(prefix + FUNCTION, None)
        self._check_fits(state_dict, prefix)
        text = self._function if theirs is None else bytes(theirs.tolist()).decode()
        if self._function is not None and text != self._function:
            raise RuntimeError(
                f'the weights at {prefix!r} belong to {text}, this {type(self).__name__} is built '
                f'with {self._function}: build it with the same options'
            )
        super()._load_from_state_dict(state_dict, prefix, *args)

    def _check_fits(self, state_dict: dict, prefix: str) -> None:
        """Compare names and shapes with weights for this place, if there are any for it."""
        given = {
            key[len(prefix) :]: tuple(value.shape)
            for key, value in state_dict.items()
            if key.startswith(prefix)
        }
        ours = {key: tuple(value.shape) for key, value in self.state_dict().items()}
        ours.pop(FUNCTION, None)
        if given and ours != given:
            names = sorted(
                key for key in ours.keys() | given.keys() if ours.get(key) != given.get(key)
            )
            told = [f'{key} {given.get(key)}, here {ours.get(key)}' for key in names]
            raise RuntimeError(
                f'the weights at {prefix!r} are of another interpolator than this '
                f'{type(self).__name__}: {"; ".join(told)}. Build it with the options that they '
                'were trained with'
            )

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
            last = image.shape[-1] == self.in_channels
            cure = 'permute images to (C, H, W)' if last else 'load images with color_type="color"'
            raise ValueError(
                f'{name} was built for {self.in_channels} channels, the image has '
                f'{image.shape[1]}: {cure}, or set in_channels'
            )
        is_pair = isinstance(size, (tuple, list)) and len(size) == 2
        if not is_pair or not all(_is_integer(length) for length in size):
            raise TypeError(f'{name} expects size=(height, width) in whole pixels, got {size!r}')
        if min(size) < 1:
            raise ValueError(f'{name} expects a height and a width of at least 1, got {size!r}')


def _is_integer(length: object) -> bool:
    return isinstance(length, (int, torch.SymInt)) and not isinstance(length, bool)
