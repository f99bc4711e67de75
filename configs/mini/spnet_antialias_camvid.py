"""Laptop-size SPNet on CamVid at 0.3x: antialiased bilinear interpolation.

python tools/train.py configs/mini/spnet_antialias_camvid.py
"""

_base_ = ['../_base_/pipelines/spnet_camvid.py', '../_base_/interpolators/antialias.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
