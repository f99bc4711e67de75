"""Laptop-size RefineDet on the mixture at 0.3x: DownsizeNet, a soft start, channels apart.

python tools/train.py configs/mini/refinedet_dsnet_soft_phase_mixture.py
"""

_base_ = ['../_base_/pipelines/refinedet_mixture.py', '../_base_/interpolators/dsnet_soft_phase.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
