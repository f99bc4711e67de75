"""DETR's augmentation, without its random sizes: all images are downsized to one.

Mirrored half the time and, half the time, cropped at random. Resize only states a scale of 1, for
the meta key scale_factor.
"""

_base_ = './original.py'

train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='RandomFlip', prob=0.5),
    dict(
        type='RandomApply',
        prob=0.5,
        transforms=dict(
            type='RandomCrop',
            crop_type='relative_range',
            crop_size=(0.6, 0.6),
            allow_negative_crop=True,
        ),
    ),
    dict(type='PackDetInputs'),
]
