"""Laptop-size CenterNet on BCCD at 0.3x: bilinear interpolation.

python tools/train.py configs/mini/centernet_bilinear_bccd.py
"""

_base_ = ['../_base_/pipelines/centernet_bccd.py', '../_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
