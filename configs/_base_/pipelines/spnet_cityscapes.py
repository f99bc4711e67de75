"""SPNet with ResNet-101 on Cityscapes, crops of 768x768 downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    '../models/spnet_r101.py',
    '../datasets/cityscapes_seg.py',
    '../transforms/seg_crop768.py',
    '../schedules/spnet_cityscapes.py',
    '../seg_runtime.py',
]
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type='DownsizePreprocessor',
        scale_factor=0.3,
        preprocessor=_base_.image_preprocessor,
    ),
    decode_head=dict(num_classes=19),
    auxiliary_head=dict(num_classes=19),
    # pixels of the downsized image: 768 and two thirds of it, at 0.3x
    test_cfg=dict(mode='slide', crop_size=(230, 230), stride=(154, 154)),
)
train_dataloader = dict(batch_size=2, dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
