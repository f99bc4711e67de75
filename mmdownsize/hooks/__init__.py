"""Hooks: what is done to an interpolator while its model trains."""

from .epoch_seed_hook import EpochSeedHook, seed_worker
from .freeze_interpolator_hook import FreezeInterpolatorHook

__all__ = ['EpochSeedHook', 'FreezeInterpolatorHook', 'seed_worker']
