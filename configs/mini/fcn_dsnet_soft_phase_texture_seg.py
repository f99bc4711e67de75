"""Laptop-size FCN on the texture set at 0.3x: DownsizeNet, a soft start, channels apart.

python tools/train.py configs/mini/fcn_dsnet_soft_phase_texture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_texture_seg.py', '../_base_/interpolators/dsnet_soft_phase.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
