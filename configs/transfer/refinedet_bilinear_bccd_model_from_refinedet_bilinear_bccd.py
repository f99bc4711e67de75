"""Laptop-size RefineDet on BCCD at 0.3x, trained behind bilinear interpolation, for 6 epochs more.

What a child that changes the interpolator is to be compared with.

python tools/train.py configs/mini/refinedet_bilinear_bccd.py
python tools/train.py configs/transfer/refinedet_bilinear_bccd_model_from_refinedet_bilinear_bccd.py
"""

_base_ = '../mini/refinedet_bilinear_bccd.py'
load_from = 'work_dirs/refinedet_bilinear_bccd/epoch_16.pth'
train_cfg = dict(max_epochs=6, val_interval=6)
optim_wrapper = dict(optimizer=dict(lr=0.00025))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100),
    dict(
        type='CosineAnnealingLR',
        by_epoch=True,
        begin=0,
        end=6,
        eta_min=1e-5,
        convert_to_iter_based=True,
    ),
]
