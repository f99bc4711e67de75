"""DeepLabv3+ with ResNet-101 on Cityscapes, crops of 512x1024 downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/deeplabv3plus_r101.py',
    '../datasets/cityscapes_seg.py',
    '../transforms/seg_crop1024.py',
    '../schedules/seg_cityscapes.py',
    '../seg_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
    decode_head=dict(num_classes=19),
    auxiliary_head=dict(num_classes=19),
)
train_dataloader = dict(batch_size=2, dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
