"""Light-Head R-CNN with ResNet-101 on VOC 2007, its 800/1333 images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/lighthead_r101.py',
    '../datasets/voc07_det.py',
    '../transforms/resize800.py',
    '../schedules/lighthead_voc.py',
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
train_dataloader = dict(
    batch_size=2,
    batch_sampler=dict(type='AspectRatioBatchSampler'),
    # smaller boxes are ignored, as MMDetection trains its two-stage detectors on VOC
    dataset=dict(filter_cfg=dict(bbox_min_size=32), pipeline=_base_.train_pipeline),
)
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
