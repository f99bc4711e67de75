"""From scratch on a laptop: AdamW, 24 epochs."""

_base_ = './lighthead_mini.py'

train_cfg = dict(max_epochs=24, val_interval=8)
optim_wrapper = dict(optimizer=dict(lr=0.0005))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100),
    dict(
        type='CosineAnnealingLR',
        by_epoch=True,
        begin=0,
        end=24,
        T_max=24,
        eta_min=1e-5,
        convert_to_iter_based=True,
    ),
]
