"""Laptop-size Light-Head R-CNN on CamVid's boxes, its DownsizeNet frozen from DeepLabv3+.

python tools/train.py configs/mini/deeplabv3plus_dsnet_camvid.py
python tools/train.py configs/transfer/lighthead_dsnet_camvid_det_from_deeplabv3plus_camvid.py
"""

_base_ = '../mini/lighthead_dsnet_camvid_det.py'
custom_hooks = [
    dict(
        type='FreezeInterpolatorHook',
        checkpoint='work_dirs/deeplabv3plus_dsnet_camvid/epoch_30.pth',
    )
]
