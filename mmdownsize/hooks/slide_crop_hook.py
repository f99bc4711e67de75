"""SlideCropHook: windows that do not fit into the image are reported before anything runs."""

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from torch import nn

from ..preprocessing import DownsizePreprocessor
from .first_image import downsized_shape, find_preprocessor, first_images, unwrap_model


@HOOKS.register_module()
class SlideCropHook(Hook):
    """Refuse to start if the windows of slide inference are larger than the downsized image.

    MMSegmentation takes the whole image for such a window, without a word, which is the likelier
    the smaller images become. Of each data set the first image is looked at, with all its views in
    test-time augmentation, once before validation and testing; that of the validation before the
    training that comes to it. Models whose ``test_cfg`` has another mode than 'slide' are let
    through.

    Raises:
        TypeError: at the start of a run, ``crop_size`` or ``stride`` is not two whole numbers.
        ValueError: at the start of a run, the windows do not fit into the image or leave gaps.

    Example:
        >>> default_hooks = dict(slide_crop=dict(type='SlideCropHook'))
    """

    def __init__(self) -> None:
        self._checked: set[str] = set()

    def before_train(self, runner: Runner) -> None:
        """Check the images of the validation that the training will come to."""
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
        model = unwrap_model(runner.model)
        test_cfg = getattr(model, 'test_cfg', None)
        if not isinstance(test_cfg, dict) or test_cfg.get('mode') != 'slide':
            return
        crop, stride = (_pair(test_cfg, name) for name in ('crop_size', 'stride'))
        if stride[0] > crop[0] or stride[1] > crop[1]:
            raise ValueError(
                f'model.test_cfg.stride should be at most crop_size={crop}, as pixels between '
                f'windows would be left out, but got {stride}; lower it'
            )
        preprocessor = find_preprocessor(model)
        for image in first_images(getattr(runner, f'{phase}_dataloader', None)):
            _check_image(tuple(image.shape[-2:]), preprocessor, crop, phase)


def _check_image(
    source: tuple[int, int], preprocessor: nn.Module | None, crop: tuple[int, int], phase: str
) -> None:
    """Raise if a window is larger than the image that the network will see."""
    target = downsized_shape(preprocessor, source)
    height, width = padded = _padded_shape(preprocessor, target)
    if crop[0] <= height and crop[1] <= width:
        return
    downsized = f', downsized to {target[0]}x{target[1]}' if target != source else ''
    downsized += f', padded to {height}x{width}' if padded != target else ''
    raise ValueError(
        f'model.test_cfg.crop_size should fit into the image, but is {crop}, and the first image '
        f'of {phase}_dataloader is {source[0]}x{source[1]} pixels (height x width){downsized}; '
        f'crop_size and stride count pixels of the downsized image: set crop_size to at most '
        f'{padded} and stride to at most that crop_size, or mode to "whole"'
    )


def _padded_shape(preprocessor: nn.Module | None, shape: tuple[int, int]) -> tuple[int, int]:
    """The height and width that an image is padded to in testing."""
    if isinstance(preprocessor, DownsizePreprocessor):
        preprocessor = preprocessor.preprocessor
    # MMSegmentation pads by its test_cfg, MMEngine's own preprocessor by pad_size_divisor.
    test_cfg = getattr(preprocessor, 'test_cfg', None) or {}
    frame = test_cfg.get('size') or shape
    divisor = test_cfg.get('size_divisor') or getattr(preprocessor, 'pad_size_divisor', None) or 1
    height, width = (max(*edges) for edges in zip(shape, frame[-2:], strict=True))
    return -(-height // divisor) * divisor, -(-width // divisor) * divisor


def _pair(test_cfg: dict, name: str) -> tuple[int, int]:
    """The two edges of a window, or of the step between windows."""
    value = test_cfg.get(name)
    if (
        not isinstance(value, (tuple, list))
        or len(value) != 2
        or not all(isinstance(edge, int) and not isinstance(edge, bool) for edge in value)
    ):
        raise TypeError(
            f'model.test_cfg.{name} should be (height, width) in whole pixels of the downsized '
            f'image, as mode is "slide", but got {value!r}; write {name}=(height, width)'
        )
    if min(value) < 1:
        raise ValueError(f'model.test_cfg.{name} should be at least 1 pixel, but got {value!r}')
    return value[0], value[1]
