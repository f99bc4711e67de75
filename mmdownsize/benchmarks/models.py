"""A model built from its config with random weights, and images for it: what is measured."""

from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import MODELS, init_default_scope
from mmengine.structures import BaseDataElement

from ..config import load_config
from ..preprocessing import DownsizePreprocessor, TargetSize

Size = tuple[int, int]


def build_random_model(
    path: str | Path, *, device: torch.device | str = 'cpu', options: dict | None = None
) -> tuple[Config, BaseModel]:
    """Build the model of a config in evaluation mode; no pretrained weights are looked for.

    Args:
        path: config file.
        device: where the model goes.
        options: overrides of the config, by dotted keys.

    Returns:
        The config, and the model, with the same weights every time.

    Raises:
        FileNotFoundError: there is no such config.
        ValueError: its images are not downsized by a `DownsizePreprocessor`.
    """
    config = load_config(str(path), options=options)
    settings = config.get('model', {}).get('data_preprocessor') or {}
    if settings.get('type') not in ('DownsizePreprocessor', DownsizePreprocessor):
        raise ValueError(
            f'{path} has no DownsizePreprocessor, but {settings.get("type")} as its '
            'model.data_preprocessor: wrap it as README.md, "The config in ten lines", shows'
        )
    init_default_scope(config.get('default_scope', 'mmengine'))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = MODELS.build(config.model)
    return config, model.to(device).eval()


def downsize_to(model: BaseModel, config: Config, source: Size, rule: TargetSize | None) -> Size:
    """Let a model downsize its images by another rule.

    Args:
        model: behind a `DownsizePreprocessor`.
        config: of the model.
        source: height and width of the images, in pixels.
        rule: gives their target; None leaves the model's own.

    Returns:
        The target.

    Raises:
        ValueError: it is smaller than what the network divides its input by.
    """
    preprocessor = model.data_preprocessor
    preprocessor.target_size = rule or preprocessor.target_size
    target = preprocessor.target_size(*source)
    hook = config.get('default_hooks', {}).get('input_size') or {}
    names = ('pad_size_divisor', 'size_divisor')
    padded = (getattr(preprocessor.preprocessor, name, None) for name in names)
    divisor = next(filter(None, [hook.get('divisor'), *padded]), 1)
    if min(target) < divisor:
        raise ValueError(
            f'images of {source[0]}x{source[1]} are downsized to {target[0]}x{target[1]}, but the '
            f'network divides its input by {divisor}: take larger images, or a larger '
            'scale_factor or size of model.data_preprocessor'
        )
    return target


def random_batch(count: int, source: Size) -> dict:
    """Make images of random pixels as a data loader gives them, the same every time.

    Args:
        count: how many.
        source: their height and width, in pixels.

    Returns:
        ``inputs`` and ``data_samples``, these without annotations.

    Example:
        >>> random_batch(1, (20, 30))['inputs'][0].shape
        torch.Size([3, 20, 30])
    """
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (count, 3, *source), generator=generator, dtype=torch.uint8)
    metas = dict(
        img_shape=source,
        ori_shape=source,
        scale_factor=(1.0, 1.0),
        flip=False,
        flip_direction=None,
        border=np.array([0, source[0], 0, source[1]], np.float32),  # as CenterNet wants it
    )
    samples = [BaseDataElement(metainfo=metas) for _ in range(count)]
    return dict(inputs=list(images), data_samples=samples)
