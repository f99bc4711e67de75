"""Laptop-size FCN on the mixture of textures at 0.3x: bilinear interpolation.

python tools/train.py configs/mini/fcn_bilinear_mixture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_mixture_seg.py', '../_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
