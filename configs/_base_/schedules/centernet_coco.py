"""CenterNet's schedule on COCO, 140 epochs of batches of 128, as MMDetection has it."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=140, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=0.0001),
    # Weight decay would pull the interpolator away from where it starts.
    paramwise_cfg=dict(custom_keys={'interpolator': dict(decay_mult=0.0)}),
    clip_grad=dict(max_norm=35.0),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=1000),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=140, milestones=[90, 120], gamma=0.1),
]
auto_scale_lr = dict(enable=True, base_batch_size=128)
