"""FCN with ResNet-18 on the mixture of textures, its 300x300 images downsized to 0.3x.

In training the labels are downsized with the images: full-size ones would take more of the time
than the network. It is tested at full size.

A child names the interpolator.
"""

_base_ = [
    '../models/fcn_r18_mini.py',
    '../datasets/mixture_seg.py',
    '../transforms/seg_original.py',
    '../schedules/lighthead_mini_many.py',
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
    decode_head=dict(num_classes=5),
    auxiliary_head=dict(num_classes=5),
)
train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
