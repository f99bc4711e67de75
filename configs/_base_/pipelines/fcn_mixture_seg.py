"""FCN with three stages of ResNet-18 on the mixture of textures, its images downsized to 0.3x.

The backbone is that of the laptop-size RefineDet, at stride 8: what it learns serves a detector,
too. In training the labels are downsized with the images: full-size ones would take more of the
time than the network. It is tested at full size.

A child names the interpolator.
"""

_base_ = [
    '../models/fcn_r18_mini.py',
    '../datasets/mixture_seg.py',
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
        num_classes=5,
        # Background is four fifths of the pixels.
        loss_decode=dict(type='CrossEntropyLoss', class_weight=[0.25, 1.0, 1.0, 1.0, 1.0]),
    ),
    auxiliary_head=None,
)
train_cfg = dict(val_interval=2)
train_dataloader = dict(batch_size=8, dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
