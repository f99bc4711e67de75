"""EpochSeedHook: every epoch draws its own random numbers, the same ones after a resume."""

import random

import numpy as np
import torch
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.registry import FUNCTIONS, HOOKS
from mmengine.runner import Runner, set_random_seed


@HOOKS.register_module()
class EpochSeedHook(Hook):
    """Seed all generators at the start of each epoch, from the run's seed and the epoch.

    A checkpoint does not hold the state of the random generators. With this hook a run that was
    killed and resumed from the end of an epoch draws what the unbroken run would have drawn, so
    that both end with the same weights. Data loader workers take part where their
    ``worker_init_fn`` is `seed_worker` and they do not persist.

    Example:
        >>> custom_hooks = [dict(type='EpochSeedHook')]
    """

    priority = 'VERY_HIGH'

    def before_train_epoch(self, runner: Runner) -> None:
        """Seed python, numpy and torch."""
        diff_rank_seed = runner._randomness_cfg.get('diff_rank_seed', False)
        set_random_seed(_mix(runner.seed, runner.epoch), diff_rank_seed=diff_rank_seed)


@FUNCTIONS.register_module()
def seed_worker(worker_id: int) -> None:
    """Seed a data loader worker: another seed for each epoch, rank and worker.

    torch hands each worker a seed that the main process drew for this epoch; mmengine's default
    overwrites it with one that never changes, so that short-lived workers would augment every
    epoch alike.

    Args:
        worker_id: given by the data loader.

    Example:
        >>> train_dataloader = dict(worker_init_fn=dict(type='seed_worker'))
    """
    seed = _mix(torch.initial_seed(), get_rank())
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _mix(*parts: int) -> int:
    """Make one 32-bit seed of several numbers, so that neighbouring ones are unrelated."""
    return int(np.random.SeedSequence(parts).generate_state(1)[0])
