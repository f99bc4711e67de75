"""Laptop-size SPNet on CamVid at 0.3x: area interpolation.

python tools/train.py configs/mini/spnet_area_camvid.py
"""

_base_ = ['../_base_/pipelines/spnet_camvid.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
