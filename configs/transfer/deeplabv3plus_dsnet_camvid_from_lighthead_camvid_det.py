"""Laptop-size DeepLabv3+ on CamVid, its DownsizeNet frozen from Light-Head R-CNN on the boxes.

python tools/train.py configs/mini/lighthead_dsnet_camvid_det.py
python tools/train.py configs/transfer/deeplabv3plus_dsnet_camvid_from_lighthead_camvid_det.py
"""

_base_ = '../mini/deeplabv3plus_dsnet_camvid.py'
custom_hooks = [
    dict(
        type='FreezeInterpolatorHook',
        checkpoint='work_dirs/lighthead_dsnet_camvid_det/epoch_8.pth',
    )
]
