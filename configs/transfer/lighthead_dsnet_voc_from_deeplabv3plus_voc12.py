"""Light-Head R-CNN on VOC 2007, behind a frozen DownsizeNet that DeepLabv3+ trained on VOC 2012.

The paper's Table 3: 10 epochs, at 0.3x; the gain over bilinear grows with the epochs of the first
training. Its figures are lost.

python tools/train.py configs/deeplabv3plus_dsnet_voc12.py
python tools/train.py configs/transfer/lighthead_dsnet_voc_from_deeplabv3plus_voc12.py
"""

_base_ = '../lighthead_dsnet_voc.py'
custom_hooks = [
    dict(
        type='FreezeInterpolatorHook',
        checkpoint='work_dirs/deeplabv3plus_dsnet_voc12/epoch_60.pth',
    )
]
train_cfg = dict(max_epochs=10)
param_scheduler = [
    dict(type='LinearLR', start_factor=1 / 3, by_epoch=False, begin=0, end=500),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=10, milestones=[7, 9], gamma=0.1),
]
