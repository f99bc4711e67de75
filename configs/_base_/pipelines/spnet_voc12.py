"""SPNet with ResNet-101 on VOC 2012, crops of 512x512 downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/spnet_r101.py',
    '../datasets/voc12_seg.py',
    '../schedules/spnet_voc12.py',
    '../seg_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
)
train_dataloader = dict(batch_size=4)
