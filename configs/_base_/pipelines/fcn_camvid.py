"""FCN with ResNet-18 on CamVid, 480x360 images downsized to 0.3x.

In training the labels are downsized with the images: full-size ones would take more of the time
than the network. It is tested at full size.

A child names the interpolator.
"""

_base_ = [
    '../models/fcn_r18_mini.py',
    '../datasets/camvid_seg.py',
    '../transforms/seg_crop_mini.py',
    '../schedules/seg_mini.py',
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
    decode_head=dict(num_classes=11, loss_decode=_base_.balanced_loss),
    auxiliary_head=dict(num_classes=11),
)
train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
