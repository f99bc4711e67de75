"""Laptop-size Light-Head R-CNN on BCCD at 0.3x: DownsizeNet, 4x4 neighbours.

python tools/train.py configs/mini/lighthead_dsnet4_bccd.py
"""

_base_ = ['../_base_/pipelines/lighthead_bccd.py', '../_base_/interpolators/dsnet4.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
