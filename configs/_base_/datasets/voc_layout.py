"""What all detection sets in VOC layout share; a child names data_root and metainfo."""

_base_ = './det_loaders.py'

train_dataloader = dict(
    dataset=dict(
        type='VOCFolderDataset',
        ann_file='VOC2007/ImageSets/Main/train.txt',
        data_prefix=dict(sub_data_root='VOC2007/'),
    )
)
val_dataloader = dict(
    dataset=dict(
        type='VOCFolderDataset',
        ann_file='VOC2007/ImageSets/Main/val.txt',
        data_prefix=dict(sub_data_root='VOC2007/'),
    )
)
test_dataloader = val_dataloader

# The area under the curve, not 11 points of it: those move in steps, which on a few hundred
# objects hides differences, and these sets have no published 11-point scores to be compared with.
val_evaluator = dict(type='ClasswiseVOCMetric', metric='mAP', eval_mode='area')
test_evaluator = val_evaluator
