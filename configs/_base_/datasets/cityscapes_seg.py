"""Cityscapes: 2975 training and 500 validation images of 2048x1024, 19 classes.

Link or download it to data/cityscapes, so that leftImg8bit/train and gtFine/train exist in it, with
the label maps *_labelTrainIds.png that cityscapesscripts makes.
"""

_base_ = './seg_loaders.py'

data_root = 'data/cityscapes/'
train_dataloader = dict(
    dataset=dict(
        type='CityscapesFolderDataset',
        data_root=data_root,
        data_prefix=dict(img_path='leftImg8bit/train', seg_map_path='gtFine/train'),
    )
)
val_dataloader = dict(
    dataset=dict(
        type='CityscapesFolderDataset',
        data_root=data_root,
        data_prefix=dict(img_path='leftImg8bit/val', seg_map_path='gtFine/val'),
    )
)
test_dataloader = val_dataloader
