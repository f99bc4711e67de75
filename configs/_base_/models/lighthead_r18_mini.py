"""Light-Head R-CNN at laptop size: ResNet-18 of half width, from scratch, stride 8.

For images of 90-190 pixels, after downsizing, with objects of 8-96 pixels, on a CPU. Trained from
random weights, so that nothing is frozen and batch normalisation learns its statistics.
"""

_base_ = './lighthead_r101.py'

image_preprocessor = dict(pad_size_divisor=8)

model = dict(
    data_preprocessor=dict(pad_size_divisor=8),
    backbone=dict(
        depth=18,
        base_channels=32,
        strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4),
        frozen_stages=-1,
        norm_cfg=dict(requires_grad=True),
        norm_eval=False,
        init_cfg=None,
    ),
    neck=dict(in_channels=256, mid_channels=64),
    rpn_head=dict(
        in_channels=128,
        feat_channels=128,
        anchor_generator=dict(scales=[1, 2, 4, 8, 12], strides=[8]),
    ),
    # 200 proposals an image and 256 places in the loss: trained from scratch, it learns faster from
    # all of them than from the hardest
    roi_head=dict(
        bbox_roi_extractor=dict(featmap_strides=[8]),
        bbox_head=dict(fc_out_channels=512),
    ),
    train_cfg=dict(
        # anchors as large as the image count too
        rpn=dict(sampler=dict(num=128), allowed_border=-1),
        rpn_proposal=dict(nms_pre=600, max_per_img=200),
    ),
    test_cfg=dict(rpn=dict(nms_pre=300, max_per_img=100)),
)
