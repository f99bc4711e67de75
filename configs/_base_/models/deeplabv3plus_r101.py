"""DeepLabv3+, ResNet-101 at output stride 8, MMSegmentation's own.

"Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation" (Chen et al.,
2018). The classes are those of Pascal VOC 2012; another dataset sets num_classes of both heads.
"""

_base_ = './fcn_r101.py'

model = dict(
    decode_head=dict(
        _delete_=True,
        type='DepthwiseSeparableASPPHead',
        in_channels=2048,
        in_index=3,
        channels=512,
        dilations=(1, 12, 24, 36),
        c1_in_channels=256,
        c1_channels=48,
        num_classes=21,
        norm_cfg=dict(type='SyncBN', requires_grad=True),
    )
)
