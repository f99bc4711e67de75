"""RefineDet with VGG16 on VOC 2007, its images at 300x300 downsized to 100x100.

A child names the interpolator.
"""

_base_ = [
    '../models/refinedet_vgg16.py',
    '../datasets/voc07_det.py',
    '../transforms/ssd300.py',
    '../schedules/refinedet_voc.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        size=(100, 100),
        preprocessor=_base_.image_preprocessor,
    ),
)
train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.train_pipeline, train_on_difficult=True)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
default_hooks = dict(checkpoint=dict(interval=20))
