"""RefineDet's optimizer, 400 thousand iterations of 32 images: 109 epochs of COCO 2017.

A tenth of the rate from 280 and again from 360 thousand on.
"""

_base_ = './refinedet_voc.py'

train_cfg = dict(max_epochs=109, val_interval=5)
param_scheduler = [
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=109, milestones=[76, 98], gamma=0.1)
]
