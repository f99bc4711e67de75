"""FCN, ResNet-101 at output stride 8, MMSegmentation's own.

"Fully Convolutional Networks for Semantic Segmentation" (Long et al., 2015). The classes are those
of Pascal VOC 2012; another dataset sets num_classes of both heads. An interpolator wraps
`image_preprocessor`, which pads nothing: label maps stay at full resolution.
"""

image_preprocessor = dict(
    type='SegDataPreProcessor',
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    bgr_to_rgb=True,
    pad_val=0,
    seg_pad_val=255,
    size_divisor=1,
)

norm_cfg = dict(type='SyncBN', requires_grad=True)
model = dict(
    type='EncoderDecoder',
    data_preprocessor=image_preprocessor,
    backbone=dict(
        type='ResNetV1c',
        depth=101,
        out_indices=(0, 1, 2, 3),
        dilations=(1, 1, 2, 4),
        strides=(1, 2, 1, 1),
        norm_cfg=norm_cfg,
        contract_dilation=True,
        init_cfg=dict(type='Pretrained', checkpoint='open-mmlab://resnet101_v1c'),
    ),
    decode_head=dict(
        type='FCNHead',
        in_channels=2048,
        channels=512,
        num_convs=2,
        num_classes=21,
        norm_cfg=norm_cfg,
    ),
    auxiliary_head=dict(
        type='FCNHead',
        in_channels=1024,
        in_index=2,
        channels=256,
        num_convs=1,
        concat_input=False,
        num_classes=21,
        norm_cfg=norm_cfg,
        loss_decode=dict(type='CrossEntropyLoss', loss_weight=0.4),
    ),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'),
)
