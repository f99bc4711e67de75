"""Laptop-size Light-Head R-CNN on the mixture of textures at 0.3x: area averaging.

python tools/train.py configs/mini/lighthead_area_mixture.py
"""

_base_ = ['../_base_/pipelines/lighthead_mixture.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
