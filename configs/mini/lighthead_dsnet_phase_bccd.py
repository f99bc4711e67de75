"""Laptop-size Light-Head R-CNN on BCCD at 0.3x: DownsizeNet, a place a channel.

python tools/train.py configs/mini/lighthead_dsnet_phase_bccd.py
"""

_base_ = ['../_base_/pipelines/lighthead_bccd.py', '../_base_/interpolators/dsnet_phase.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
