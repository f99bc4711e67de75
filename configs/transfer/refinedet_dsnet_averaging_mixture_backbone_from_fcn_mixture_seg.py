"""Laptop-size RefineDet on the mixture: a frozen DownsizeNet, averaging grain, backbone from FCN.

Pretrained on the label maps, as is the DownsizeNet: from boxes alone a detector takes
long to learn what a texture is.

python tools/train.py configs/mini/fcn_dsnet_averaging_mixture_seg.py
python tools/train.py configs/transfer/refinedet_dsnet_averaging_mixture_backbone_from_fcn_mixture_seg.py
"""

_base_ = '../mini/refinedet_dsnet_averaging_mixture.py'
checkpoint = 'work_dirs/fcn_dsnet_averaging_mixture_seg/epoch_8.pth'
model = dict(
    backbone=dict(init_cfg=dict(type='Pretrained', checkpoint=checkpoint, prefix='backbone.'))
)
custom_hooks = [dict(type='FreezeInterpolatorHook', checkpoint=checkpoint)]
