"""DeepLabv3+ on VOC 2012, behind a frozen DownsizeNet that Light-Head R-CNN trained on VOC 2007.

The paper finds this direction worse than bilinear.

python tools/train.py configs/lighthead_dsnet_voc.py
python tools/train.py configs/transfer/deeplabv3plus_dsnet_voc12_from_lighthead_voc.py
"""

_base_ = '../deeplabv3plus_dsnet_voc12.py'
custom_hooks = [
    dict(
        type='FreezeInterpolatorHook',
        checkpoint='work_dirs/lighthead_dsnet_voc/epoch_12.pth',
    )
]
