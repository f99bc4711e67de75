"""mmdownsize: learned image downsizing for MMDetection and MMSegmentation.

Importing it registers the interpolators, the preprocessor and the hooks in mmengine's root
registries, makes trained interpolators known as ``mmdownsize://NAME`` to whatever loads
checkpoints, and needs neither mmcv, mmdet nor mmseg.
"""

from . import checkpoint, files, weights
from .hooks import EpochSeedHook, FreezeInterpolatorHook, InputSizeHook, SlideCropHook
from .interpolators import MULLER, DownsizeNet, FixedInterpolator, Interpolator, LearnedResizer
from .preprocessing import DownsizePreprocessor
from .version import __version__

__all__ = [
    'MULLER',
    'DownsizeNet',
    'DownsizePreprocessor',
    'EpochSeedHook',
    'FixedInterpolator',
    'FreezeInterpolatorHook',
    'InputSizeHook',
    'Interpolator',
    'LearnedResizer',
    'SlideCropHook',
    '__version__',
    'checkpoint',
    'files',
    'weights',
]
