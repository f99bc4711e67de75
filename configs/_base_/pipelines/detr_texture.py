"""DETR with ResNet-18 on the texture set, its 300x300 images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/detr_r18_mini.py',
    '../datasets/texture_det.py',
    '../transforms/original.py',
    '../schedules/detr_mini.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
    bbox_head=dict(num_classes=6),
)
train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
default_hooks = dict(input_size=dict(divisor=16))  # the third stage of its ResNet
