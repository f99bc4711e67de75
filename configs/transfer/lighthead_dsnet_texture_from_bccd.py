"""Laptop-size Light-Head R-CNN on the texture set, behind a frozen DownsizeNet trained on BCCD.

python tools/train.py configs/mini/lighthead_dsnet_bccd.py
python tools/train.py configs/transfer/lighthead_dsnet_texture_from_bccd.py
"""

_base_ = '../mini/lighthead_dsnet_texture.py'
custom_hooks = [
    dict(
        type='FreezeInterpolatorHook',
        checkpoint='work_dirs/lighthead_dsnet_bccd/epoch_8.pth',
    )
]
