"""FCN at laptop size: ResNet-18 of half width, from random weights."""

_base_ = './fcn_r101.py'

norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    backbone=dict(depth=18, base_channels=32, stem_channels=32, norm_cfg=norm_cfg, init_cfg=None),
    decode_head=dict(in_channels=256, channels=64, norm_cfg=norm_cfg),
    auxiliary_head=dict(in_channels=128, channels=32, norm_cfg=norm_cfg),
)
