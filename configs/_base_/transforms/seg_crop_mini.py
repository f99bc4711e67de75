"""Crops of 240x320, mirrored half the time, in training; whole images in testing.

Small, so that a laptop sees more of them; no resize, so that textures stay as fine as they are.
"""

_base_ = './seg_original.py'

train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='CheckLabels'),
    dict(type='RandomCrop', crop_size=(240, 320), cat_max_ratio=0.75),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs'),
]
