"""Boxes of CamVid: 367 training and 101 validation images of 480x360, 5 classes.

Made of CamVid's label maps by: python tools/make_camvid_boxes.py
"""

_base_ = './voc_layout.py'

data_root = 'data/camvid_det/'
metainfo = dict(
    classes=('car', 'pedestrian', 'bicyclist', 'sign', 'pole'),
    palette=[(64, 0, 128), (0, 140, 0), (0, 128, 192), (220, 20, 60), (255, 140, 0)],
)
train_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
val_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
test_dataloader = val_dataloader
