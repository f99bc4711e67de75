"""Laptop-size FCN on the mixture of textures at 0.3x: area averaging.

python tools/train.py configs/mini/fcn_area_mixture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_mixture_seg.py', '../_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
