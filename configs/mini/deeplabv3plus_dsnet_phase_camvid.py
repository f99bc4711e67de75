"""Laptop-size DeepLabv3+ on CamVid at 0.3x: DownsizeNet, a place a channel.

python tools/train.py configs/mini/deeplabv3plus_dsnet_phase_camvid.py
"""

_base_ = ['../_base_/pipelines/deeplabv3plus_camvid.py', '../_base_/interpolators/dsnet_phase.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
