"""Laptop-size Light-Head R-CNN on the texture set at 0.3x: the learned resizer.

python tools/train.py configs/mini/lighthead_learned_resizer_texture.py
"""

_base_ = ['../_base_/pipelines/lighthead_texture.py', '../_base_/interpolators/learned_resizer.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
