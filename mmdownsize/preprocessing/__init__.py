"""The plug between the data loader and the model."""

from .fully_sharded import DownsizeFullyShardedDataParallel
from .preprocessor import DownsizePreprocessor
from .samples import rescale_sample
from .target_size import TargetSize

__all__ = [
    'DownsizeFullyShardedDataParallel',
    'DownsizePreprocessor',
    'TargetSize',
    'rescale_sample',
]
