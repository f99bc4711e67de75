"""A segmentor that MMSegmentation does not have, registered in its registries."""

from .mixed_pooling import MixedPooling
from .sp_head import SPHead
from .spnet_resnet import SPNetResNet
from .strip_pooled_blocks import StripPooledBasicBlock, StripPooledBottleneck
from .strip_pooling import StripPooling

__all__ = [
    'MixedPooling',
    'SPHead',
    'SPNetResNet',
    'StripPooledBasicBlock',
    'StripPooledBottleneck',
    'StripPooling',
]
