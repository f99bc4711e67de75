"""BCCD, blood cells: 205 training and 87 validation images of 640x480, 3 classes.

Link or copy it to data/bccd, so that data/bccd/VOC2007/JPEGImages exists.
"""

_base_ = './voc_layout.py'

data_root = 'data/bccd/'
metainfo = dict(
    classes=('RBC', 'WBC', 'Platelets'),
    palette=[(220, 20, 60), (0, 70, 220), (0, 140, 0)],
)
train_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
val_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
test_dataloader = val_dataloader
