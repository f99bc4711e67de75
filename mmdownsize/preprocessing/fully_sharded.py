"""Fully sharded training of a model whose preprocessor learns."""

import torch
import torch.distributed as dist
from mmengine.dist import get_world_size
from mmengine.model import MMFullyShardedDataParallel
from mmengine.registry import MODEL_WRAPPERS
from torch import Tensor, nn


@MODEL_WRAPPERS.register_module()
class DownsizeFullyShardedDataParallel(MMFullyShardedDataParallel):
    """Shard the model, and keep its data preprocessor whole on every process.

    The preprocessor runs before the forward of the wrapped model, where a shard would be all that
    a process has of the interpolator. It is left out of the sharding; its gradients are averaged
    over the processes, as those of the model are.

    Args:
        module: the model.
        **options: as for mmengine's `MMFullyShardedDataParallel`.

    Example:
        >>> strategy = dict(
        ...     type='FSDPStrategy', model_wrapper=dict(type='DownsizeFullyShardedDataParallel'))
    """

    def __init__(self, module: nn.Module, **options) -> None:
        if not torch.cuda.is_available():  # mmengine's strategy names a GPU
            options['device_id'] = torch.device('cpu')
        super().__init__(module, ignored_modules=[module.data_preprocessor], **options)
        for parameter in module.data_preprocessor.parameters():
            dist.broadcast(parameter.data, src=0)
            parameter.register_post_accumulate_grad_hook(_average_gradient)


def _average_gradient(parameter: Tensor) -> None:
    dist.all_reduce(parameter.grad)
    parameter.grad /= get_world_size()
