"""Light-Head R-CNN, ResNet-101, as the authors released it.

"Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017). Where paper and
release differ, the release is followed: class-specific boxes, OHEM over all RoIs, PSRoIAlign that
takes the maximum of its samples, NMS at 0.5.

Two things differ from the release. It starts from ImageNet weights of its own, of the caffe kind
(BGR, the stride in the 1x1 convolutions); we take torchvision's (RGB, normalised, the stride in
the 3x3 convolutions), because they can be had. And mmdet's box coders have no "+1" pixel.

The release trains the large separable convolution with three times the gradient, decay included,
which is a learning rate of three times; the schedule sets it.

The classes are those of Pascal VOC; another dataset sets model.roi_head.bbox_head.num_classes.
An interpolator wraps `image_preprocessor`.
"""

image_preprocessor = dict(
    type='DetDataPreprocessor',
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    bgr_to_rgb=True,
    pad_size_divisor=16,
)

model = dict(
    type='FasterRCNN',
    data_preprocessor=image_preprocessor,
    backbone=dict(
        type='ResNet',
        depth=101,
        num_stages=4,
        strides=(1, 2, 2, 1),
        dilations=(1, 1, 1, 2),
        out_indices=(2, 3),
        frozen_stages=1,
        norm_cfg=dict(type='BN', requires_grad=False),
        norm_eval=True,
        style='pytorch',
        init_cfg=dict(
            type='Pretrained',
            checkpoint='https://download.pytorch.org/models/resnet101-63fe2227.pth',
        ),
    ),
    neck=dict(
        type='LightHeadNeck', in_channels=2048, mid_channels=256, out_channels=490, kernel_size=15
    ),
    rpn_head=dict(
        type='LightHeadRPNHead',
        in_channels=1024,
        feat_channels=512,
        anchor_generator=dict(
            type='AnchorGenerator',
            scales=[2, 4, 8, 16, 32],
            ratios=[0.5, 1.0, 2.0],
            strides=[16],
            center_offset=0.5,
        ),
        bbox_coder=dict(
            type='DeltaXYWHBBoxCoder', target_means=[0.0] * 4, target_stds=[1.0, 1.0, 1.0, 1.0]
        ),
        loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0),
        loss_bbox=dict(type='SmoothL1Loss', beta=1.0 / 9.0, loss_weight=1.0),
    ),
    roi_head=dict(
        type='OHEMRoIHead',
        num_per_image=256,
        bbox_roi_extractor=dict(
            type='PSRoIExtractor',
            roi_layer=dict(type='PSRoIAlign', output_size=7, sampling_ratio=2, mode='max'),
            out_channels=10,
            featmap_strides=[16],
        ),
        bbox_head=dict(
            type='ConvFCBBoxHead',
            num_shared_fcs=1,
            in_channels=10,
            fc_out_channels=2048,
            roi_feat_size=7,
            num_classes=20,
            bbox_coder=dict(
                type='DeltaXYWHBBoxCoder', target_means=[0.0] * 4, target_stds=[0.1, 0.1, 0.2, 0.2]
            ),
            reg_class_agnostic=False,
            loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0),
            loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=2.0),
            init_cfg=[
                dict(
                    type='Normal', std=0.01, override=[dict(name='shared_fcs'), dict(name='fc_cls')]
                ),
                dict(type='Normal', std=0.001, override=dict(name='fc_reg')),
            ],
        ),
    ),
    train_cfg=dict(
        rpn=dict(
            assigner=dict(
                type='MaxIoUAssigner',
                pos_iou_thr=0.7,
                neg_iou_thr=0.3,
                # every object has its best anchor, however small the overlap
                min_pos_iou=0.001,
                match_low_quality=True,
                ignore_iof_thr=-1,
            ),
            sampler=dict(
                type='RandomSampler',
                num=256,
                pos_fraction=0.5,
                neg_pos_ub=-1,
                add_gt_as_proposals=False,
            ),
            allowed_border=0,
            pos_weight=-1,
            debug=False,
        ),
        rpn_proposal=dict(
            nms_pre=12000,
            max_per_img=2000,
            nms=dict(type='nms', iou_threshold=0.7),
            min_bbox_size=0,
        ),
        rcnn=dict(
            assigner=dict(
                type='MaxIoUAssigner',
                pos_iou_thr=0.5,
                neg_iou_thr=0.5,
                min_pos_iou=0.5,
                match_low_quality=False,
                ignore_iof_thr=-1,
            ),
            # keeps all: OHEMRoIHead chooses
            sampler=dict(
                type='RandomSampler',
                num=10**9,
                pos_fraction=1.0,
                neg_pos_ub=-1,
                add_gt_as_proposals=True,
            ),
            pos_weight=-1,
            debug=False,
        ),
    ),
    test_cfg=dict(
        rpn=dict(
            nms_pre=6000, max_per_img=1000, nms=dict(type='nms', iou_threshold=0.7), min_bbox_size=0
        ),
        rcnn=dict(score_thr=0.0, nms=dict(type='nms', iou_threshold=0.5), max_per_img=100),
    ),
)
