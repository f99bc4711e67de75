"""DeepLabv3+ at laptop size: ResNet-18 of half width, from random weights.

The dilations of its pyramid go with small images: a map of 144x108 pixels at stride 8 is 18x14.
"""

_base_ = './deeplabv3plus_r101.py'

norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    backbone=dict(depth=18, base_channels=32, stem_channels=32, norm_cfg=norm_cfg, init_cfg=None),
    decode_head=dict(
        in_channels=256,
        channels=64,
        dilations=(1, 3, 6, 9),
        c1_in_channels=32,
        c1_channels=12,
        norm_cfg=norm_cfg,
    ),
    auxiliary_head=dict(in_channels=128, channels=32, norm_cfg=norm_cfg),
)
