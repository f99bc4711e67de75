"""MMSegmentation's 80 thousand iterations of 8 images: 215 epochs of Cityscapes."""

_base_ = './seg_voc12.py'

train_cfg = dict(max_epochs=215, val_interval=20)
param_scheduler = [
    dict(
        type='PolyLR',
        by_epoch=True,
        begin=0,
        end=215,
        power=0.9,
        eta_min=1e-4,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(base_batch_size=8)
