"""Laptop-size RefineDet on the texture set: bilinear interpolation, the backbone from FCN.

Pretrained on its label maps behind the same interpolation.

python tools/train.py configs/mini/fcn_bilinear_texture_seg.py
python tools/train.py configs/transfer/refinedet_bilinear_texture_backbone_from_fcn_texture_seg.py
"""

_base_ = ['../mini/refinedet_bilinear_texture.py', '../_base_/transforms/varied.py']
checkpoint = 'work_dirs/fcn_bilinear_texture_seg/epoch_8.pth'
model = dict(
    backbone=dict(init_cfg=dict(type='Pretrained', checkpoint=checkpoint, prefix='backbone.'))
)
train_dataloader = dict(dataset=dict(pipeline=_base_.varied_pipeline))
