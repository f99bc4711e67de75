"""Laptop-size RefineDet on the mixture of textures, its DownsizeNet frozen from FCN.

python tools/train.py configs/mini/fcn_dsnet_mixture_seg.py
python tools/train.py configs/transfer/refinedet_dsnet_mixture_from_fcn_mixture_seg.py
"""

_base_ = '../mini/refinedet_dsnet_mixture.py'
custom_hooks = [
    dict(
        type='FreezeInterpolatorHook',
        checkpoint='work_dirs/fcn_dsnet_mixture_seg/epoch_8.pth',
    )
]
