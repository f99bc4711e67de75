"""DETR with ResNet-50 on COCO 2017, its images downsized to 165x165.

A child names the interpolator.
"""

_base_ = [
    '../models/detr_r50.py',
    '../datasets/coco_det.py',
    '../transforms/detr.py',
    '../schedules/detr.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        size=(165, 165),
        preprocessor=_base_.image_preprocessor,
    ),
    bbox_head=dict(num_classes=80),
)
train_dataloader = dict(batch_size=2, dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
default_hooks = dict(input_size=dict(divisor=32))  # C5 of its ResNet
