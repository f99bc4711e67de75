"""The plug between the data loader and the model."""

from .preprocessor import DownsizePreprocessor
from .samples import rescale_sample
from .target_size import TargetSize

__all__ = ['DownsizePreprocessor', 'TargetSize', 'rescale_sample']
