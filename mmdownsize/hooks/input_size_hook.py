"""InputSizeHook: images too small for the network are reported before anything runs."""

import math
from itertools import count

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from torch import nn

from ..preprocessing import DownsizePreprocessor, TargetSize
from .first_image import downsized_shape, find_preprocessor, first_images


@HOOKS.register_module()
class InputSizeHook(Hook):
    """Refuse to start if images, once downsized, are smaller than the stride of the network.

    The first sample of each data set is looked at, with all its views in test-time augmentation,
    once before training, validation and testing; that of the validation before the training that
    it belongs to. The random numbers of the run stay as they are. What gives no image of shape
    (C, H, W) as ``inputs`` is let through.

    Args:
        divisor: pixels that the network divides its input by; by default what its data
            preprocessor pads to multiples of (``pad_size_divisor``, in MMSegmentation
            ``size_divisor``). Where that is 1 or absent too, nothing is checked.

    Raises:
        TypeError: `divisor` is no whole number.
        ValueError: `divisor` is less than 1; or, at the start of a run, an image is too small.

    Example:
        >>> default_hooks = dict(input_size=dict(type='InputSizeHook', divisor=32))
    """

    def __init__(self, divisor: int | None = None) -> None:
        if divisor is not None and (not isinstance(divisor, int) or isinstance(divisor, bool)):
            raise TypeError(f'divisor is a whole number of pixels or None, got {divisor!r}')
        if divisor is not None and divisor < 1:
            raise ValueError(f'divisor is at least 1 pixel, got {divisor}')
        self.divisor = divisor
        self._checked: set[str] = set()

    def before_train(self, runner: Runner) -> None:
        """Check the images of the training, and of the validation that it will come to."""
        self._check(runner, 'train')
        if runner.val_loop is not None:
            self._check(runner, 'val')

    def before_val(self, runner: Runner) -> None:
        """Check the images of the validation."""
        self._check(runner, 'val')

    def before_test(self, runner: Runner) -> None:
        """Check the images of the test."""
        self._check(runner, 'test')

    def _check(self, runner: Runner, phase: str) -> None:
        if phase in self._checked:
            return
        self._checked.add(phase)
        preprocessor = find_preprocessor(runner.model)
        divisor = self.divisor or _pad_divisor(preprocessor)
        if divisor == 1:
            return
        for image in first_images(getattr(runner, f'{phase}_dataloader', None)):
            _check_image(tuple(image.shape[-2:]), preprocessor, divisor, phase)


def _check_image(
    source: tuple[int, int], preprocessor: nn.Module | None, divisor: int, phase: str
) -> None:
    """Raise if the shorter edge that the network will see is below the divisor."""
    target = downsized_shape(preprocessor, source)
    if min(target) >= divisor:
        return
    downsized, remedy = '', f'let the pipeline of {phase}_dataloader resize to at least {divisor}'
    if isinstance(preprocessor, DownsizePreprocessor):
        downsized = f', downsized to {target[0]}x{target[1]}'
        rule = _smallest(preprocessor.target_size, source, divisor)
        remedy = f'set {rule} in the DownsizePreprocessor'
    raise ValueError(
        f'the first image of {phase}_dataloader is {source[0]}x{source[1]} pixels (height x width)'
        f'{downsized}, but the network divides its input by {divisor}: {remedy}, or give '
        'InputSizeHook the divisor of the network if it is another'
    )


def _smallest(rule: TargetSize, source: tuple[int, int], divisor: int) -> str:
    """The option of a rule and its least value that gives an image edges of the divisor."""
    if rule.scale_factor is not None:
        percents = count(max(1, 100 * (divisor - 1) // min(source)))
        fits = (k / 100 for k in percents if min(TargetSize(k / 100)(*source)) >= divisor)
        return f'scale_factor to at least {next(fits)} (it is {rule.scale_factor})'
    if not rule.keep_ratio:
        size = tuple(max(edge, divisor) for edge in rule.size)
        return f'size to at least {size} (it is {tuple(rule.size)})'
    short = min(rule.size)
    frames = (tuple(math.ceil(edge * k / short) for edge in rule.size) for k in count(short))
    size = next(f for f in frames if min(TargetSize(size=f, keep_ratio=True)(*source)) >= divisor)
    return f'size to at least {size} (it is {tuple(rule.size)})'


def _pad_divisor(preprocessor: nn.Module | None) -> int:
    if isinstance(preprocessor, DownsizePreprocessor):
        preprocessor = preprocessor.preprocessor
    names = ('pad_size_divisor', 'size_divisor')
    return next((value for n in names if (value := getattr(preprocessor, n, None))), 1)
