"""A segmentor and a metric that MMSegmentation does not have, registered in its registries."""

from .mixed_pooling import MixedPooling
from .object_size_iou import ObjectSizeIoU
from .sp_head import SPHead
from .spnet_resnet import SPNetResNet
from .strip_pooled_blocks import StripPooledBasicBlock, StripPooledBottleneck
from .strip_pooling import StripPooling

__all__ = [
    'MixedPooling',
    'ObjectSizeIoU',
    'SPHead',
    'SPNetResNet',
    'StripPooledBasicBlock',
    'StripPooledBottleneck',
    'StripPooling',
]
