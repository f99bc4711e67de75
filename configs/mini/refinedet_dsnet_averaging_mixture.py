"""Laptop-size RefineDet on the mixture at 0.3x: DownsizeNet that averages grain.

python tools/train.py configs/mini/refinedet_dsnet_averaging_mixture.py
"""

_base_ = ['../_base_/pipelines/refinedet_mixture.py', '../_base_/interpolators/dsnet_averaging.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={'interpolator.convs': dict(lr_mult=0.01, decay_mult=0.0)})
)
