"""Laptop-size FCN on the texture set at 0.3x: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/mini/fcn_dsnet_texture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_texture_seg.py', '../_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
