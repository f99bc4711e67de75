"""Laptop-size FCN on CamVid at 0.3x: area interpolation.

python tools/train.py configs/mini/fcn_area_camvid.py
"""

_base_ = ['../_base_/pipelines/fcn_camvid.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
