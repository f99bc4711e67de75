"""Laptop-size DeepLabv3+ on CamVid at 0.3x: bilinear interpolation.

python tools/train.py configs/mini/deeplabv3plus_bilinear_camvid.py
"""

_base_ = ['../_base_/pipelines/deeplabv3plus_camvid.py', '../_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
