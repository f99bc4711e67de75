"""RefineDet's optimizer, 120 thousand iterations of 32 images: 764 epochs of VOC 2007.

SGD at 1e-3, a tenth of it from 80 and again from 100 thousand on; biases learn at twice the rate
and do not decay. The release trains so on VOC 2007 and 2012 together.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=764, val_interval=20)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.001, momentum=0.9, weight_decay=0.0005),
    paramwise_cfg=dict(
        bias_lr_mult=2.0,
        bias_decay_mult=0.0,
        # Weight decay would pull the interpolator away from where it starts.
        custom_keys={'interpolator': dict(decay_mult=0.0)},
    ),
)
param_scheduler = [
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=764, milestones=[509, 637], gamma=0.1)
]
auto_scale_lr = dict(enable=True, base_batch_size=32)
