"""Laptop-size RefineDet on the texture set: a frozen DownsizeNet, the backbone from FCN.

Pretrained on its label maps, as is the DownsizeNet.

python tools/train.py configs/mini/fcn_dsnet_texture_seg.py
python tools/train.py configs/transfer/refinedet_dsnet_texture_backbone_from_fcn_texture_seg.py
"""

_base_ = ['../mini/refinedet_dsnet_texture.py', '../_base_/transforms/varied.py']
checkpoint = 'work_dirs/fcn_dsnet_texture_seg/epoch_8.pth'
model = dict(
    backbone=dict(init_cfg=dict(type='Pretrained', checkpoint=checkpoint, prefix='backbone.'))
)
train_dataloader = dict(dataset=dict(pipeline=_base_.varied_pipeline))
custom_hooks = [dict(type='FreezeInterpolatorHook', checkpoint=checkpoint)]
