"""Hooks: what is done around the training of a model with an interpolator."""

from .epoch_seed_hook import EpochSeedHook, seed_worker
from .freeze_interpolator_hook import FreezeInterpolatorHook
from .input_size_hook import InputSizeHook
from .slide_crop_hook import SlideCropHook

__all__ = [
    'EpochSeedHook',
    'FreezeInterpolatorHook',
    'InputSizeHook',
    'SlideCropHook',
    'seed_worker',
]
