"""FCN with three stages of ResNet-18 on the texture set, its images downsized to 0.3x.

A child names the interpolator.
"""

_base_ = [
    './fcn_label_maps.py',
    '../datasets/texture_seg.py',
    '../transforms/seg_varied.py',
]
model = dict(
    decode_head=dict(
        num_classes=7,
        # Background is six sevenths of the pixels.
        loss_decode=dict(
            type='CrossEntropyLoss', class_weight=[0.25, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
        ),
    )
)
train_dataloader = dict(batch_size=8, dataset=dict(pipeline=_base_.varied_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
test_dataloader = val_dataloader
