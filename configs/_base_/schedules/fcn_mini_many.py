"""From scratch on a laptop, thousands of label maps: AdamW, 8 epochs."""

_base_ = './lighthead_mini.py'

train_cfg = dict(max_epochs=8, val_interval=2)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100),
    dict(
        type='CosineAnnealingLR',
        by_epoch=True,
        begin=0,
        end=8,
        eta_min=1e-5,
        convert_to_iter_based=True,
    ),
]
