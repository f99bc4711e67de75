"""Laptop-size DeepLabv3+ on CamVid at 0.3x: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/mini/deeplabv3plus_dsnet_camvid.py
"""

_base_ = ['../_base_/pipelines/deeplabv3plus_camvid.py', '../_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
