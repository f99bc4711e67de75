"""Light-Head R-CNN's schedule on COCO, as released: 2.4 million images, here 20 epochs.

The release counts 30 epochs of 80 thousand images, at a learning rate of 0.01 for 8 GPUs x 2
images, a tenth of it after 19 and 25.
"""

_base_ = './lighthead_voc.py'

train_cfg = dict(max_epochs=20)
param_scheduler = [
    dict(type='LinearLR', start_factor=1 / 3, by_epoch=False, begin=0, end=500),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=20, milestones=[13, 17], gamma=0.1),
]
