"""Light-Head R-CNN with ResNet-101 on VOC 2007, its 800/1333 images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/lighthead_r101.py',
    '../datasets/voc07_det.py',
    '../schedules/lighthead_voc.py',
    '../det_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    )
)
