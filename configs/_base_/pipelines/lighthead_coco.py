"""Light-Head R-CNN with ResNet-101 on COCO 2017, its 800/1333 images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/lighthead_r101.py',
    '../datasets/coco_det.py',
    '../transforms/resize800.py',
    '../schedules/lighthead_coco.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
    roi_head=dict(bbox_head=dict(num_classes=80)),
)
train_dataloader = dict(
    batch_size=2,
    batch_sampler=dict(type='AspectRatioBatchSampler'),
    dataset=dict(pipeline=_base_.train_pipeline),
)
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
