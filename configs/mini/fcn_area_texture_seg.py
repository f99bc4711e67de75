"""Laptop-size FCN on the texture set at 0.3x: area averaging.

python tools/train.py configs/mini/fcn_area_texture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_texture_seg.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
