"""Laptop-size FCN on the texture set at 0.3x: bilinear interpolation.

python tools/train.py configs/mini/fcn_bilinear_texture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_texture_seg.py', '../_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
