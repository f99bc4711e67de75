"""MS COCO 2017: 118287 training and 5000 validation images, 80 classes.

Link or download it to data/coco, so that data/coco/annotations/instances_train2017.json,
data/coco/train2017 and data/coco/val2017 exist.
"""

_base_ = './det_loaders.py'

data_root = 'data/coco/'
train_dataloader = dict(
    dataset=dict(
        type='CocoFolderDataset',
        data_root=data_root,
        ann_file='annotations/instances_train2017.json',
        data_prefix=dict(img='train2017/'),
    )
)
val_dataloader = dict(
    dataset=dict(
        type='CocoFolderDataset',
        data_root=data_root,
        ann_file='annotations/instances_val2017.json',
        data_prefix=dict(img='val2017/'),
    )
)
test_dataloader = val_dataloader

val_evaluator = dict(
    type='CocoMetric', ann_file=data_root + 'annotations/instances_val2017.json', metric='bbox'
)
test_evaluator = val_evaluator
