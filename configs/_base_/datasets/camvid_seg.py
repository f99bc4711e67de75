"""CamVid, street scenes: 367 training and 101 validation images of 480x360, 11 classes.

Link or copy it to data/camvid, so that data/camvid/img_dir/{train,val} hold the images as .jpg and
data/camvid/ann_dir/{train,val} the label maps as .png: 0 to 10 in the order below, 255 elsewhere.
"""

_base_ = './seg_loaders.py'

data_root = 'data/camvid/'
metainfo = dict(
    classes=(
        'sky',
        'building',
        'pole',
        'road',
        'sidewalk',
        'tree',
        'sign',
        'fence',
        'car',
        'pedestrian',
        'bicyclist',
    ),
    palette=[
        [128, 128, 128],
        [128, 0, 0],
        [192, 192, 128],
        [128, 64, 128],
        [0, 0, 192],
        [128, 128, 0],
        [192, 128, 128],
        [64, 64, 128],
        [64, 0, 128],
        [64, 64, 0],
        [0, 128, 192],
    ],
)
# Rare classes weigh more, as ENet (Paszke et al., 2016) has it for this set: 1 / ln(1.02 + p), p
# the share of the class among the labelled pixels of the training set; here divided by their mean
# over these pixels. Averaged by the model: the loss's own average knows no pixels to ignore.
balanced_loss = dict(
    type='CrossEntropyLoss',
    class_weight=[0.8, 0.61, 4.79, 0.48, 2.21, 1.25, 4.5, 4.57, 1.83, 5.43, 6.27],
    reduction='none',
)
train_dataloader = dict(
    dataset=dict(
        type='SegFolderDataset',
        data_root=data_root,
        data_prefix=dict(img_path='img_dir/train', seg_map_path='ann_dir/train'),
        img_suffix='.jpg',
        seg_map_suffix='.png',
        metainfo=metainfo,
    )
)
val_dataloader = dict(
    dataset=dict(
        type='SegFolderDataset',
        data_root=data_root,
        data_prefix=dict(img_path='img_dir/val', seg_map_path='ann_dir/val'),
        img_suffix='.jpg',
        seg_map_suffix='.png',
        metainfo=metainfo,
    )
)
test_dataloader = val_dataloader
