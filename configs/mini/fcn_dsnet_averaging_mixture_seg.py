"""Laptop-size FCN on the mixture of textures at 0.3x: DownsizeNet that averages grain.

python tools/train.py configs/mini/fcn_dsnet_averaging_mixture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_mixture_seg.py', '../_base_/interpolators/dsnet_averaging.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
