"""Laptop-size FCN on the mixture at 0.3x: DownsizeNet that averages grain, as it starts.

What `fcn_dsnet_averaging_mixture_seg.py` has more is what its interpolator has learned.

python tools/train.py configs/mini/fcn_dsnet_averaging_frozen_mixture_seg.py
"""

_base_ = './fcn_dsnet_averaging_mixture_seg.py'
custom_hooks = [dict(type='FreezeInterpolatorHook')]
