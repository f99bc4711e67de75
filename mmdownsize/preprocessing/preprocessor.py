"""DownsizePreprocessor: downsize, then delegate to the wrapped preprocessor."""

import warnings
from collections import defaultdict

import torch
from mmengine.model import BaseDataPreprocessor
from mmengine.registry import MODELS
from torch import Tensor

from ..interpolators import Interpolator
from .samples import LABEL_MAPS, rescale_sample
from .target_size import TargetSize


@MODELS.register_module()
class DownsizePreprocessor(BaseDataPreprocessor):
    """Downsize the images of a batch, then hand them to the data preprocessor of the model.

    Each image gets its own target size; images of equal size before and after go through the
    interpolator as one batch. Metas and annotations follow. The wrapped preprocessor then does
    what it always does: normalize, pad, stack. Its padding is never interpolated, and gradients of
    the loss reach the interpolator through the image. Its sizes, and those of its
    ``batch_augments``, count pixels of the downsized image.

    Args:
        interpolator: config of an `Interpolator`. It sees raw images: uint8 or float, 0-255,
            channels in the order in which they were loaded.
        preprocessor: config of the data preprocessor that the model had, for instance
            `DetDataPreprocessor` or `SegDataPreProcessor`.
        scale_factor: see `TargetSize`.
        size: see `TargetSize`.
        keep_ratio: see `TargetSize`.
        gt_sem_seg: what becomes of label maps in training: 'keep' leaves them at full resolution,
            which mmseg's losses enlarge the logits to; 'nearest' resizes them with the image,
            which mmdet's panoptic heads need.
        non_blocking: as in `BaseDataPreprocessor`.

    Raises:
        ValueError: a size or an option is out of range, an image holds non-finite pixels, or label
            maps that were kept at full resolution differ in size, or the wrapped preprocessor
            padded their images.
        TypeError: in training, the wrapped preprocessor made no batch of the images.

    Warns:
        UserWarning: in training, the wrapped preprocessor enlarged the downsized images.

    Example:
        >>> preprocessor = DownsizePreprocessor(
        ...     interpolator=dict(type='DownsizeNet'),
        ...     preprocessor=dict(type='ImgDataPreprocessor'),
        ...     scale_factor=0.3)
        >>> images = [torch.zeros(3, 100, 200, dtype=torch.uint8)]
        >>> preprocessor(dict(inputs=images))['inputs'].shape
        torch.Size([1, 3, 30, 60])
    """

    def __init__(
        self,
        interpolator: dict,
        preprocessor: dict,
        *,
        scale_factor: float | None = None,
        size: tuple[int, int] | None = None,
        keep_ratio: bool = False,
        gt_sem_seg: str = 'keep',
        non_blocking: bool = False,
    ) -> None:
        super().__init__(non_blocking)
        if gt_sem_seg not in ('keep', 'nearest'):
            raise ValueError(f"gt_sem_seg is 'keep' or 'nearest', got {gt_sem_seg!r}")
        self.target_size = TargetSize(scale_factor, size, keep_ratio)
        self.gt_sem_seg = gt_sem_seg
        self.interpolator = _build_interpolator(interpolator)
        self.preprocessor = MODELS.build(preprocessor)

    # A module moves the parameters of its children; where their images go, they have to be told.
    def to(self, *args, **kwargs) -> 'DownsizePreprocessor':
        """Move to a device, the wrapped preprocessor too."""
        self.preprocessor.to(*args, **kwargs)
        return super().to(*args, **kwargs)

    def cuda(self, *args, **kwargs) -> 'DownsizePreprocessor':
        """Move to a GPU, the wrapped preprocessor too."""
        self.preprocessor.cuda(*args, **kwargs)
        return super().cuda(*args, **kwargs)

    def cpu(self) -> 'DownsizePreprocessor':
        """Move to the processor, the wrapped preprocessor too."""
        self.preprocessor.cpu()
        return super().cpu()

    def init_weights(self) -> None:
        """Carry out the interpolator's ``init_cfg``; mmengine calls this with the model's own."""
        with torch.random.fork_rng(devices=[]):
            self.interpolator.init_weights()

    def forward(self, data: dict, training: bool = False) -> dict:
        """Downsize a batch.

        Args:
            data: what the data loader gives: ``inputs``, images of shape (C, H, W) and any sizes
                (or one tensor of shape (N, C, H, W)), and ``data_samples``, which may be absent
                or None.
            training: whether annotations follow, and what the wrapped preprocessor is told.

        Returns:
            What the wrapped preprocessor returns.

        Raises:
            ValueError: see the class; or the batch is one of several branches, or has not one data
                sample for each image; or, in training, the interpolator's ``init_cfg`` was not
                carried out.
        """
        if training and self.interpolator.init_cfg and not self.interpolator.is_init:
            raise ValueError(
                "the interpolator's init_cfg was never carried out, as no init_weights() of the "
                'model reaches it: give its weights as load_from, or call init_weights() on it'
            )
        data = self.cast_data(data)
        if isinstance(data['inputs'], dict):
            raise ValueError(
                f'inputs are the images of one branch, got branches {sorted(data["inputs"])}: put '
                'this preprocessor into the MultiBranchDataPreprocessor, as its data_preprocessor'
            )
        images, samples = list(data['inputs']), data.get('data_samples')
        if samples is not None and len(samples) != len(images):
            raise ValueError(f'{len(images)} images came with {len(samples)} data_samples')
        sources = [tuple(image.shape[-2:]) for image in images]
        targets = [self.target_size(*source) for source in sources]
        if samples is not None:
            samples = [
                rescale_sample(
                    sample, source, target, training=training, gt_sem_seg=self.gt_sem_seg
                )
                for sample, source, target in zip(samples, sources, targets, strict=True)
            ]
        data = {**data, 'inputs': self.downsize(images, targets), 'data_samples': samples}
        result = self.preprocessor(data, training)
        if training and not isinstance(result['inputs'], Tensor):
            raise TypeError(
                f'{type(self.preprocessor).__name__} makes no batch of the images: wrap one that '
                'stacks them, such as ImgDataPreprocessor'
            )
        if training:
            padded = tuple(result['inputs'].shape[-2:])
            labelled = any(name in sample for sample in samples or () for name in LABEL_MAPS)
            if labelled and self.gt_sem_seg == 'keep':
                _check_kept(sources, targets, padded)
            _warn_of_enlarged(targets, padded)
        return result

    def downsize(self, images: list[Tensor], sizes: list[tuple[int, int]]) -> list[Tensor]:
        """Resize each image of shape (C, H, W) to its size; equal ones go as one batch."""
        groups = defaultdict(list)
        for index, (image, size) in enumerate(zip(images, sizes, strict=True)):
            if image.is_floating_point() and not torch.isfinite(image).all():
                raise ValueError(
                    f'image {index} of the batch, of shape {tuple(image.shape)}, holds NaN or '
                    'infinite pixels: mend or remove it'
                )
            groups[tuple(image.shape), size].append(index)
        resized = [None] * len(images)
        for (_, size), indices in groups.items():
            batch = torch.stack([images[index] for index in indices])
            batch = batch if batch.dtype == torch.uint8 else batch.float()
            for index, image in zip(indices, self.interpolator(batch, size), strict=True):
                resized[index] = image
        return resized


def _build_interpolator(config: dict) -> Interpolator:
    if not isinstance(config, dict) or 'type' not in config:
        raise TypeError(
            'interpolator is the config of an Interpolator, as in configs/_base_/interpolators/: '
            f"dict(type='DownsizeNet', ...), got {config!r}"
        )
    kind = config['type']
    with MODELS.switch_scope_and_registry(None) as registry:  # as `build` looks for it
        unknown = isinstance(kind, str) and registry.get(kind) is None
    if unknown:
        known = sorted(
            name
            for name, module in MODELS.module_dict.items()
            if isinstance(module, type) and issubclass(module, Interpolator)
        )
        raise ValueError(f'unknown interpolator {kind!r}; known: {", ".join(known)}')
    # The random numbers that it starts from are its own, so that with one seed the model starts
    # alike behind every interpolator.
    with torch.random.fork_rng(devices=[]):
        interpolator = MODELS.build(config)
    if not isinstance(interpolator, Interpolator):
        raise TypeError(
            f'interpolator is the config of an Interpolator, got {type(interpolator).__name__}'
        )
    return interpolator


def _check_kept(
    sources: list[tuple[int, int]], targets: list[tuple[int, int]], padded: tuple[int, int]
) -> None:
    """Raise if label maps at full resolution do not stand for what the network is given."""
    if any(target != padded for target in targets):
        raise ValueError(
            f'images downsized to {targets} were padded to {padded}, but their label maps are kept '
            "at full resolution and would be off: set gt_sem_seg='nearest', or choose a size that "
            'needs no padding; what the wrapped preprocessor pads to counts pixels of the '
            'downsized image'
        )
    if len(set(sources)) > 1:
        raise ValueError(
            f'label maps are kept at full resolution, which is {sources} in one batch, and cannot '
            "be stacked: set gt_sem_seg='nearest', or let the pipeline give images of one size"
        )


def _warn_of_enlarged(targets: list[tuple[int, int]], padded: tuple[int, int]) -> None:
    """Warn if the wrapped preprocessor makes images twice as high and wide as any of them is."""
    height, width = (max(edges) for edges in zip(*targets, strict=True))
    if padded[0] >= 2 * height and padded[1] >= 2 * width:
        warnings.warn(
            f'images downsized to at most {height}x{width} leave the wrapped preprocessor as '
            f'{padded[0]}x{padded[1]} (height x width): its size and its batch_augments count '
            'pixels of the downsized image, lower them in model.data_preprocessor.preprocessor',
            stacklevel=3,
        )
