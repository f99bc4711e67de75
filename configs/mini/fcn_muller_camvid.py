"""Laptop-size FCN on CamVid at 0.3x: MULLER.

python tools/train.py configs/mini/fcn_muller_camvid.py
"""

_base_ = ['../_base_/pipelines/fcn_camvid.py', '../_base_/interpolators/muller.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
