"""CenterNet at laptop size: three stages of a ResNet-18 of half width, from random weights.

Its neck enlarges stride 16 to the 4 at which CenterNet detects.
"""

_base_ = './centernet_r18.py'

image_preprocessor = dict(pad_size_divisor=16)
model = dict(
    data_preprocessor=dict(pad_size_divisor=16),
    backbone=dict(
        base_channels=32,
        num_stages=3,
        strides=(1, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(2,),
        init_cfg=None,
    ),
    neck=dict(in_channels=128, num_deconv_filters=(128, 64), num_deconv_kernels=(4, 4)),
)
