"""Interpolators: an image and a size go in, an image of that size comes out."""

from .base import Interpolator
from .downsize_net import DownsizeNet
from .fixed import FixedInterpolator
from .learned_resizer import LearnedResizer
from .muller import MULLER

__all__ = ['MULLER', 'DownsizeNet', 'FixedInterpolator', 'Interpolator', 'LearnedResizer']
