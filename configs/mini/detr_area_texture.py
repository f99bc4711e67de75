"""Laptop-size DETR on the texture set at 0.3x: area interpolation.

python tools/train.py configs/mini/detr_area_texture.py
"""

_base_ = ['../_base_/pipelines/detr_texture.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
