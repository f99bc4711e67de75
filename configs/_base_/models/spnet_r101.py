"""SPNet, ResNet-101 at output stride 8, as the authors released it.

"Strip Pooling: Rethinking Spatial Pooling for Scene Parsing" (Hou et al., 2020).

One thing differs from the release. Its stem has 64, 64 and 128 channels and ImageNet weights of its
own; we take MMSegmentation's, because they can be had, whose stem is half as wide. To have the
authors' stem, set model.backbone.stem_channels=128 and model.backbone.init_cfg to weights that have
it: those of open-mmlab would be loaded in part only, with no more than a warning. The strip pooling
modules start from random weights.

The classes are those of Pascal VOC; another dataset sets num_classes of both heads. An interpolator
wraps `image_preprocessor`, which pads nothing: label maps stay at full resolution.
"""

_base_ = './fcn_r101.py'

norm_cfg = dict(type='SyncBN', requires_grad=True)
model = dict(
    backbone=dict(
        _delete_=True,
        type='SPNetResNet',
        depth=101,
        stem_channels=64,
        norm_cfg=norm_cfg,
        init_cfg=dict(type='Pretrained', checkpoint='open-mmlab://resnet101_v1c'),
    ),
    decode_head=dict(
        _delete_=True,
        type='SPHead',
        in_channels=2048,
        channels=512,
        pooling_channels=1024,
        mid_channels=256,
        pools=(20, 12),
        num_classes=21,
        norm_cfg=norm_cfg,
        loss_decode=dict(type='CrossEntropyLoss', loss_weight=1.0, avg_non_ignore=True),
    ),
    auxiliary_head=dict(align_corners=True, loss_decode=dict(avg_non_ignore=True)),
)
