"""RefineDet, VGG16, for COCO: 80 classes, and linear soft-NMS."""

_base_ = './refinedet_vgg16.py'

model = dict(
    bbox_head=dict(num_classes=80),
    test_cfg=dict(nms=dict(type='soft_nms', iou_threshold=0.3, method='linear')),
)
