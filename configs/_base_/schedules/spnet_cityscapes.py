"""SPNet's schedule on Cityscapes, 180 epochs of batches of 8 at a learning rate of 0.005."""

_base_ = './spnet_voc12.py'

train_cfg = dict(max_epochs=180, val_interval=20)
optim_wrapper = dict(optimizer=dict(lr=0.005))
param_scheduler = [
    dict(
        type='PolyLR',
        by_epoch=True,
        begin=0,
        end=180,
        power=0.9,
        eta_min=0.0,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(base_batch_size=8)
