"""Laptop-size Light-Head R-CNN on the mixture of textures at 0.3x: DownsizeNet, 2x2 neighbours.

python tools/train.py configs/mini/lighthead_dsnet_mixture.py
"""

_base_ = ['../_base_/pipelines/lighthead_mixture.py', '../_base_/interpolators/dsnet.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
