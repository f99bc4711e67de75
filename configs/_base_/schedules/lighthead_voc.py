"""Light-Head R-CNN's optimizer, 12 epochs of VOC 2007.

The release trains 30 epochs of COCO with 8 GPUs x 2 images at a learning rate of 0.01; the rate
is scaled to the images per step that a run has. Neither it nor the paper says how VOC is trained:
the epochs are the usual 12 of MMDetection, their ends at the release's proportions.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=12, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=0.0001),
    paramwise_cfg=dict(
        bias_decay_mult=0.0,
        custom_keys={
            # Weight decay would pull the interpolator away from where it starts.
            'interpolator': dict(decay_mult=0.0),
            'large_separable_conv': dict(lr_mult=3.0),
            # A key of its own has no bias_decay_mult: its biases would decay.
            'large_separable_conv.tall_wide.0.bias': dict(lr_mult=3.0, decay_mult=0.0),
            'large_separable_conv.tall_wide.1.bias': dict(lr_mult=3.0, decay_mult=0.0),
            'large_separable_conv.wide_tall.0.bias': dict(lr_mult=3.0, decay_mult=0.0),
            'large_separable_conv.wide_tall.1.bias': dict(lr_mult=3.0, decay_mult=0.0),
        },
    ),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1 / 3, by_epoch=False, begin=0, end=500),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=12, milestones=[8, 10], gamma=0.1),
]
auto_scale_lr = dict(enable=True, base_batch_size=16)
