"""Laptop-size DeepLabv3+ on CamVid at 0.3x: area interpolation.

python tools/train.py configs/mini/deeplabv3plus_area_camvid.py
"""

_base_ = ['../_base_/pipelines/deeplabv3plus_camvid.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
