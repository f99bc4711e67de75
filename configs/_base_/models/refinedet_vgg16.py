"""RefineDet, VGG16, as the authors released it.

"Single-Shot Refinement Neural Network for Object Detection" (Zhang et al., 2018). The anchors go
with the stride, so that one model serves inputs of 320, of 512, and the paper's 100 pixels; the
input is padded to a multiple of 64.

Two things differ from the release. The weights are MMDetection's for SSD, which are the same
VGG16 but read RGB. And before NMS each level keeps its 1000 best scores of all classes, as
MMDetection's dense heads do, where the release keeps the 1000 best of each class.

The classes are those of Pascal VOC; another dataset sets model.bbox_head.num_classes. An
interpolator wraps `image_preprocessor`.
"""

image_preprocessor = dict(
    type='DetDataPreprocessor',
    mean=[123, 117, 104],
    std=[1, 1, 1],
    bgr_to_rgb=True,
    pad_size_divisor=64,
)

model = dict(
    type='SingleStageDetector',
    data_preprocessor=image_preprocessor,
    backbone=dict(
        type='RefineDetVGG',
        init_cfg=dict(type='Pretrained', checkpoint='open-mmlab://vgg16_caffe'),
    ),
    neck=dict(
        type='RefineDetNeck',
        in_channels=(512, 512, 1024),
        extra_channels=512,
        out_channels=256,
        l2_norm_scales=(10, 8),
    ),
    bbox_head=dict(
        type='RefineDetHead',
        num_classes=20,
        in_channels=(256, 256, 256, 256),
        source_channels=(512, 512, 1024, 512),
        objectness_thr=0.01,
        anchor_generator=dict(
            type='AnchorGenerator',
            strides=[8, 16, 32, 64],
            scales=[4],
            ratios=[1.0, 0.5, 2.0],
            center_offset=0.5,
        ),
        bbox_coder=dict(
            type='DeltaXYWHBBoxCoder', target_means=[0.0] * 4, target_stds=[0.1, 0.1, 0.2, 0.2]
        ),
    ),
    train_cfg=dict(
        assigner=dict(
            type='MaxIoUAssigner',
            pos_iou_thr=0.5,
            neg_iou_thr=0.5,
            # every object has its best anchor, however small the overlap
            min_pos_iou=1e-6,
            gt_max_assign_all=False,
            ignore_iof_thr=-1,
        ),
        sampler=dict(type='PseudoSampler'),
        smoothl1_beta=1.0,
        allowed_border=-1,
        pos_weight=-1,
        neg_pos_ratio=3,
    ),
    test_cfg=dict(
        nms_pre=1000,
        min_bbox_size=0,
        score_thr=0.01,
        nms=dict(type='nms', iou_threshold=0.45),
        max_per_img=500,
    ),
)
