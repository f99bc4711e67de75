"""DETR's schedule of 150 epochs: AdamW, the backbone at a tenth of the rate."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=150, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=0.0001, weight_decay=0.0001),
    paramwise_cfg=dict(
        custom_keys={
            'backbone': dict(lr_mult=0.1),
            # Weight decay would pull the interpolator away from where it starts.
            'interpolator': dict(lr_mult=0.1, decay_mult=0.0),
        }
    ),
    clip_grad=dict(max_norm=0.1),
)
param_scheduler = [
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=150, milestones=[100], gamma=0.1)
]
# AdamW's steps do not grow with the batch: --auto-scale-lr scales the rate all the same.
auto_scale_lr = dict(enable=False, base_batch_size=16)
