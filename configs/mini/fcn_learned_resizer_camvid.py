"""Laptop-size FCN on CamVid at 0.3x: the learned resizer.

python tools/train.py configs/mini/fcn_learned_resizer_camvid.py
"""

_base_ = ['../_base_/pipelines/fcn_camvid.py', '../_base_/interpolators/learned_resizer.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
