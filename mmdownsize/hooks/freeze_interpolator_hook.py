"""FreezeInterpolatorHook: carry an interpolator over from another training, and keep it."""

import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import CheckpointLoader, Runner
from torch.nn.parallel import DistributedDataParallel

from ..interpolators import Interpolator
from ..interpolators.base import MODEL_PREFIX
from .first_image import find_preprocessor


@HOOKS.register_module()
class FreezeInterpolatorHook(Hook):
    """Load the interpolator's weights out of a checkpoint, and keep them through the training.

    The interpolator gets no gradient, which takes it out of the optimizer's work, and stays in
    evaluation mode. At the end it is compared, bit for bit, with what it was at the start.

    Args:
        checkpoint: checkpoint of any model of ours, a file or URL; the model may have been trained
            in another task. ``mmdownsize://NAME`` names a trained interpolator that comes with the
            package, see `mmdownsize.weights`. None freezes the interpolator as the model has it.
            A run that is resumed keeps what it was started with.
        prefix: where the interpolator's weights are in the checkpoint; '' if it holds nothing
            else; of a semi-supervised detector, 'data_preprocessor.data_preprocessor.interpolator'.

    Raises:
        TypeError: the model has no interpolator.
        ValueError: the checkpoint has no interpolator at `prefix`, or one of another kind.
        RuntimeError: at the end, the interpolator has changed.

    Example:
        >>> custom_hooks = [dict(type='FreezeInterpolatorHook', checkpoint='epoch_8.pth')]

    Source: DownsizeNet (Ma and Li), Table 3: pretrained in one task, frozen in another.
    """

    priority = 'VERY_LOW'

    def __init__(self, checkpoint: str | None = None, prefix: str = MODEL_PREFIX) -> None:
        self.checkpoint = checkpoint
        self.prefix = prefix

    def before_train(self, runner: Runner) -> None:
        """Load and freeze; the runner has carried out its own ``load_from`` or resume by now."""
        interpolator = _find_interpolator(runner)
        source = 'as the model has it'
        if runner.iter > 0:
            source = 'as the resumed checkpoint has it'
        elif self.checkpoint is not None:
            source = self._load(interpolator)
        interpolator.requires_grad_(False)
        _rewrap(runner)
        self._start = {name: value.clone() for name, value in interpolator.state_dict().items()}
        count = sum(parameter.numel() for parameter in interpolator.parameters())
        runner.logger.info(
            f'froze the interpolator {type(interpolator).__name__} ({count} parameters), {source}'
        )

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict) -> None:
        """Keep evaluation mode: the training loop puts the whole model into training mode."""
        _find_interpolator(runner).eval()

    def after_train(self, runner: Runner) -> None:
        """Check that not a bit has changed."""
        end = _find_interpolator(runner).state_dict()
        changed = [name for name, value in self._start.items() if not _same_bits(value, end[name])]
        if changed:
            raise RuntimeError(
                f'the frozen interpolator changed during training: {", ".join(changed)}. Another '
                'hook or the model itself writes to it: look for custom_hooks that copy weights'
            )
        runner.logger.info('the frozen interpolator is bit for bit what it was')

    def _load(self, interpolator: Interpolator) -> str:
        checkpoint = CheckpointLoader.load_checkpoint(self.checkpoint, map_location='cpu')
        if not isinstance(checkpoint, dict):
            raise ValueError(
                f'{self.checkpoint} is no checkpoint of a training: it holds a '
                f'{type(checkpoint).__name__}'
            )
        weights = checkpoint.get('state_dict', checkpoint)
        start = f'{self.prefix.rstrip(".")}.' if self.prefix else ''
        ours = {key[len(start) :]: weights[key] for key in weights if key.startswith(start)}
        if not ours:
            raise ValueError(
                f'{self.checkpoint} holds no interpolator at prefix={self.prefix!r}; its weights '
                f'begin with {sorted({key.split(".")[0] for key in weights})}'
            )
        try:
            interpolator.load_state_dict(ours)
        except RuntimeError as error:
            raise ValueError(
                f'the interpolator of {self.checkpoint} does not fit this {interpolator}: {error}'
            ) from None
        meta = checkpoint.get('meta', {})
        trained = f' after {meta["epoch"]} epochs of' if 'epoch' in meta else ''
        return (
            f'{len(ours)} tensors loaded from {self.checkpoint},{trained} '
            f'{meta.get("experiment_name", "an unnamed experiment")}'
        )


def _find_interpolator(runner: Runner) -> Interpolator:
    preprocessor = find_preprocessor(runner.model)
    interpolator = getattr(preprocessor, 'interpolator', None)
    if not isinstance(interpolator, Interpolator):
        raise TypeError(
            'FreezeInterpolatorHook needs a model whose data_preprocessor is a '
            f'DownsizePreprocessor, got {type(preprocessor).__name__}'
        )
    return interpolator


def _rewrap(runner: Runner) -> None:
    """Wrap the model anew, as DDP waits for the gradients of all that it saw unfrozen."""
    if isinstance(runner.model, DistributedDataParallel):
        if not isinstance(runner, Runner):
            raise TypeError(
                "FreezeInterpolatorHook works with DDP under mmengine's Runner, not under "
                f'{type(runner).__name__}: leave runner_type out of the config'
            )
        model = runner.model.module
        runner.model = None  # the old wrapper takes its gradient hooks along
        runner.model = runner.wrap_model(runner.cfg.get('model_wrapper_cfg'), model)
        runner._maybe_compile('train_step')  # as it had done with the old wrapper


def _same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Compare bytes, so that a NaN equals itself and -0 differs from 0."""
    one, other = (value.detach().cpu().contiguous().flatten() for value in (one, other))
    return one.dtype == other.dtype and torch.equal(one.view(torch.uint8), other.view(torch.uint8))
