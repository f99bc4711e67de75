"""Laptop-size Light-Head R-CNN on the texture set at 0.3x: MULLER.

python tools/train.py configs/mini/lighthead_muller_texture.py
"""

_base_ = ['../_base_/pipelines/lighthead_texture.py', '../_base_/interpolators/muller.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
