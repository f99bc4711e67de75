"""DETR at laptop size: three stages of a ResNet-18 of half width, 3+3 layers of 128 channels.

From random weights, at stride 16: for images of 90-190 pixels, after downsizing, on a CPU. 50
queries; no dropout.
"""

_base_ = './detr_r50.py'

attention = dict(embed_dims=128, dropout=0.0)
ffn = dict(embed_dims=128, feedforward_channels=512, ffn_drop=0.0)
model = dict(
    num_queries=50,
    backbone=dict(
        depth=18,
        base_channels=32,
        num_stages=3,
        strides=(1, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(2,),
        frozen_stages=-1,
        norm_cfg=dict(requires_grad=True),
        norm_eval=False,
        init_cfg=None,
    ),
    neck=dict(in_channels=[128], out_channels=128),
    encoder=dict(num_layers=3, layer_cfg=dict(self_attn_cfg=attention, ffn_cfg=ffn)),
    decoder=dict(
        num_layers=3,
        layer_cfg=dict(self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn),
    ),
    positional_encoding=dict(num_feats=64),
    bbox_head=dict(embed_dims=128),
    test_cfg=dict(max_per_img=50),
)
