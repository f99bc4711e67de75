"""Pascal VOC 2012 with the extra labels of SBD: 10582 images to train on, 1449 to test, 21 classes.

Link or download it to data/VOCdevkit, so that data/VOCdevkit/VOC2012/JPEGImages exists; the extra
labels, converted as MMSegmentation's documentation says, lie in SegmentationClassAug beside it.
"""

# The transforms are named here, as each part of the training set has its own.
_base_ = ['./seg_loaders.py', '../transforms/seg_crop512.py']

data_root = 'data/VOCdevkit/VOC2012/'
train_dataloader = dict(
    dataset=dict(
        type='ConcatDataset',
        datasets=[
            dict(
                type='VOC12FolderDataset',
                data_root=data_root,
                data_prefix=dict(img_path='JPEGImages', seg_map_path='SegmentationClass'),
                ann_file='ImageSets/Segmentation/train.txt',
                pipeline=_base_.train_pipeline,
            ),
            dict(
                type='VOC12FolderDataset',
                data_root=data_root,
                data_prefix=dict(img_path='JPEGImages', seg_map_path='SegmentationClassAug'),
                ann_file='ImageSets/Segmentation/aug.txt',
                pipeline=_base_.train_pipeline,
            ),
        ],
    )
)
val_dataloader = dict(
    dataset=dict(
        type='VOC12FolderDataset',
        data_root=data_root,
        data_prefix=dict(img_path='JPEGImages', seg_map_path='SegmentationClass'),
        ann_file='ImageSets/Segmentation/val.txt',
        pipeline=_base_.test_pipeline,
    )
)
test_dataloader = val_dataloader
