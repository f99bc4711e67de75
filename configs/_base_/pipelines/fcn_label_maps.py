"""FCN with three stages of ResNet-18 on label maps of textures, its images downsized to 0.3x.

The backbone is that of the laptop-size RefineDet, at stride 8: what it learns serves a detector,
too. In training the labels are downsized with the images: full-size ones would take more of the
time than the network. It is tested at full size.

A child names the data set, its classes and their weights.
"""

_base_ = [
    '../models/fcn_r18_mini.py',
    '../transforms/seg_original.py',
    '../schedules/lighthead_mini.py',
    '../seg_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        gt_sem_seg='nearest',
        preprocessor=_base_.image_preprocessor,
    ),
    backbone=dict(
        type='ResNet',
        num_stages=3,
        strides=(1, 2, 1),
        dilations=(1, 1, 2),
        out_indices=(2,),
    ),
    decode_head=dict(
        in_channels=128,
        channels=128,
        num_convs=0,
        concat_input=False,
    ),
    auxiliary_head=None,
)
train_cfg = dict(val_interval=2)
