"""Laptop-size FCN on the texture set at 0.3x: DownsizeNet that averages grain.

Its filters start as a measure of texture and learn slowly, so that they stay one; what is made
of it is learned at the usual rate of interpolators.

python tools/train.py configs/mini/fcn_dsnet_averaging_texture_seg.py
"""

_base_ = ['../_base_/pipelines/fcn_texture_seg.py', '../_base_/interpolators/dsnet_averaging.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={'interpolator.convs': dict(lr_mult=0.01, decay_mult=0.0)})
)
