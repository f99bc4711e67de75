"""Laptop-size FCN on CamVid at 0.3x, trained behind bilinear interpolation, for 10 epochs more.

What a child that changes the interpolator is to be compared with.

python tools/train.py configs/mini/fcn_bilinear_camvid.py
python tools/train.py configs/transfer/fcn_bilinear_camvid_model_from_fcn_bilinear_camvid.py
"""

_base_ = '../mini/fcn_bilinear_camvid.py'
load_from = 'work_dirs/fcn_bilinear_camvid/epoch_30.pth'
train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=0.0005))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100),
    dict(
        type='CosineAnnealingLR',
        by_epoch=True,
        begin=0,
        end=10,
        eta_min=1e-5,
        convert_to_iter_based=True,
    ),
]
