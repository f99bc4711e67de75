"""What hooks look at before a run: the model itself, and the first image that it will be given."""

import random
from collections.abc import Iterator, Sized
from contextlib import contextmanager

import numpy as np
import torch
from mmengine.model import BaseTTAModel, is_model_wrapper
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from ..preprocessing import DownsizePreprocessor


def unwrap_model(model: nn.Module) -> nn.Module:
    """Give the model inside wrappers for distributed training and test-time augmentation."""
    while is_model_wrapper(model) or isinstance(model, BaseTTAModel):
        model = model.module
    return model


def find_preprocessor(model: nn.Module) -> nn.Module | None:
    """Give the data preprocessor of a model, ours wherever others that have one hold it."""
    preprocessor = getattr(unwrap_model(model), 'data_preprocessor', None)
    inner = preprocessor
    while inner is not None and not isinstance(inner, DownsizePreprocessor):
        inner = getattr(inner, 'data_preprocessor', None)
    return preprocessor if inner is None else inner


def downsized_shape(preprocessor: nn.Module | None, source: tuple[int, int]) -> tuple[int, int]:
    """Give the height and width that a data preprocessor brings an image to, before it pads."""
    if isinstance(preprocessor, DownsizePreprocessor):
        return preprocessor.target_size(*source)
    return source


def first_images(loader: DataLoader | None) -> list[Tensor]:
    """Give the image of the first sample of a data set, or its views or branches, if it has any.

    The random numbers of the run stay as they are.
    """
    dataset = getattr(loader, 'dataset', None)
    if not isinstance(dataset, Sized) or isinstance(dataset, IterableDataset) or not len(dataset):
        return []
    with _keep_random_numbers():
        sample = dataset[0]
    inputs = sample.get('inputs') if isinstance(sample, dict) else None
    if isinstance(inputs, dict):  # the branches of a semi-supervised detector
        inputs = list(inputs.values())
    images = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    return [image for image in images if isinstance(image, Tensor) and image.dim() >= 3]


@contextmanager
def _keep_random_numbers() -> Iterator[None]:
    """Put the generators of python, numpy and torch back to where they were."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
