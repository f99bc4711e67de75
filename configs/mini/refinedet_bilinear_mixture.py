"""Laptop-size RefineDet on the mixture of textures at 0.3x: bilinear interpolation.

python tools/train.py configs/mini/refinedet_bilinear_mixture.py
"""

_base_ = ['../_base_/pipelines/refinedet_mixture.py', '../_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
