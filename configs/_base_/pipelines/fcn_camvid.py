"""FCN with ResNet-18 on CamVid, 480x360 images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/fcn_r18_mini.py',
    '../datasets/camvid_seg.py',
    '../transforms/seg_original.py',
    '../schedules/seg_mini.py',
    '../seg_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
    decode_head=dict(num_classes=11),
    auxiliary_head=dict(num_classes=11),
)
train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
