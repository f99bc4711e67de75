"""MMSegmentation's 40 thousand iterations of 16 images: 60 epochs of VOC 2012 with SBD's labels."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=60, val_interval=6)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=0.0005),
    # Weight decay would pull the interpolator away from where it starts.
    paramwise_cfg=dict(custom_keys={'interpolator': dict(decay_mult=0.0)}),
)
param_scheduler = [
    dict(
        type='PolyLR',
        by_epoch=True,
        begin=0,
        end=60,
        power=0.9,
        eta_min=1e-4,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=True, base_batch_size=16)
