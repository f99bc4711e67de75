"""Laptop-size FCN on CamVid at 0.3x: antialiased bilinear interpolation.

python tools/train.py configs/mini/fcn_antialias_camvid.py
"""

_base_ = ['../_base_/pipelines/fcn_camvid.py', '../_base_/interpolators/antialias.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
