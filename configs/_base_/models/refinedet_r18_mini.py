"""RefineDet at laptop size: three stages of a ResNet-18 of half width, strides 4 to 32.

For images of 90-190 pixels, after downsizing, on a CPU. Trained from random weights. The anchors
are four strides wide, as in the large model: 16 to 128 pixels.
"""

_base_ = './refinedet_vgg16.py'

image_preprocessor = dict(
    mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], pad_size_divisor=32
)
model = dict(
    data_preprocessor=image_preprocessor,
    backbone=dict(
        _delete_=True,
        type='ResNet',
        depth=18,
        base_channels=32,
        num_stages=3,
        strides=(1, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(0, 1, 2),
        norm_eval=False,
    ),
    neck=dict(in_channels=(32, 64, 128), extra_channels=128, out_channels=64),
    bbox_head=dict(
        in_channels=(64, 64, 64, 64),
        source_channels=(32, 64, 128, 128),
        anchor_generator=dict(strides=[4, 8, 16, 32]),
    ),
)
