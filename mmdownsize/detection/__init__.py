"""Detectors and a metric that MMDetection does not have, registered in its registries."""

from .anchor_refinement_head import AnchorRefinementHead
from .centernet_head import StableCenterNetHead
from .classwise_voc_metric import ClasswiseVOCMetric
from .large_separable_conv import LargeSeparableConv
from .light_head_neck import LightHeadNeck
from .light_head_rpn_head import LightHeadRPNHead
from .ohem_roi_head import OHEMRoIHead
from .psroi_align import PSRoIAlign, ps_roi_align
from .psroi_extractor import PSRoIExtractor
from .refinedet_head import RefineDetHead
from .refinedet_neck import RefineDetNeck
from .refinedet_vgg import RefineDetVGG
from .transfer_connection import TransferConnection

__all__ = [
    'AnchorRefinementHead',
    'ClasswiseVOCMetric',
    'LargeSeparableConv',
    'LightHeadNeck',
    'LightHeadRPNHead',
    'OHEMRoIHead',
    'PSRoIAlign',
    'PSRoIExtractor',
    'RefineDetHead',
    'RefineDetNeck',
    'RefineDetVGG',
    'StableCenterNetHead',
    'TransferConnection',
    'ps_roi_align',
]
