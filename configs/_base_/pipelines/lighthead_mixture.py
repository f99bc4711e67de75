"""Light-Head R-CNN with ResNet-18 on the mixture of textures, its 300x300 images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/lighthead_r18_mini.py',
    '../datasets/mixture_det.py',
    '../transforms/original.py',
    '../schedules/lighthead_mini_many.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
    roi_head=dict(bbox_head=dict(num_classes=4)),
)
train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
