"""CenterNet with ResNet-18 on VOC 2007, downsized to 0.3x; 512x512 crops to 154x154 in training.

A child names the interpolator.
"""

_base_ = [
    '../models/centernet_r18.py',
    '../datasets/voc07_det.py',
    '../transforms/centernet.py',
    '../schedules/centernet_voc.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
)
train_dataloader = dict(batch_size=32, dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
