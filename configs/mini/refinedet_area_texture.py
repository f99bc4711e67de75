"""Laptop-size RefineDet on the texture set at 0.3x: area interpolation.

python tools/train.py configs/mini/refinedet_area_texture.py
"""

_base_ = ['../_base_/pipelines/refinedet_texture.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
