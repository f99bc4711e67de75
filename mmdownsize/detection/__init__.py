"""Detectors that MMDetection does not have, registered in its registries."""

from .large_separable_conv import LargeSeparableConv
from .light_head_neck import LightHeadNeck
from .light_head_rpn_head import LightHeadRPNHead
from .ohem_roi_head import OHEMRoIHead
from .psroi_align import PSRoIAlign, ps_roi_align
from .psroi_extractor import PSRoIExtractor

__all__ = [
    'LargeSeparableConv',
    'LightHeadNeck',
    'LightHeadRPNHead',
    'OHEMRoIHead',
    'PSRoIAlign',
    'PSRoIExtractor',
    'ps_roi_align',
]
