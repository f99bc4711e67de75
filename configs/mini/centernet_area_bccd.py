"""Laptop-size CenterNet on BCCD at 0.3x: area interpolation.

python tools/train.py configs/mini/centernet_area_bccd.py
"""

_base_ = ['../_base_/pipelines/centernet_bccd.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
