"""CenterNet's schedule on VOC, 70 epochs of batches of 32, as its authors have it."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=70, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=1.25e-4),
    clip_grad=dict(max_norm=35.0),
)
param_scheduler = [
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=70, milestones=[45, 60], gamma=0.1)
]
# Adam's steps do not grow with the batch: --auto-scale-lr scales the rate all the same.
auto_scale_lr = dict(enable=False, base_batch_size=32)
