"""Laptop-size Light-Head R-CNN on BCCD at 0.3x: DownsizeNet over its whole support.

python tools/train.py configs/mini/lighthead_dsnet_support_bccd.py
"""

_base_ = ['../_base_/pipelines/lighthead_bccd.py', '../_base_/interpolators/dsnet_support.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
