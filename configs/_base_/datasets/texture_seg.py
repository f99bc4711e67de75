"""The label maps of the texture set: 400 training and 120 validation images, 7 classes.

Made by: python tools/make_texture_set.py
"""

_base_ = './seg_loaders.py'

data_root = 'data/texture/'
dataset = dict(
    type='SegFolderDataset',
    data_root=data_root,
    data_prefix=dict(img_path='VOC2007/JPEGImages', seg_map_path='VOC2007/SegmentationClass'),
    img_suffix='.jpg',
    seg_map_suffix='.png',
    metainfo=dict(
        classes=(
            'background',
            'disc_horizontal',
            'disc_vertical',
            'bar_vertical',
            'bar_checks',
            'triangle_checks',
            'triangle_horizontal',
        ),
        palette=[
            [0, 0, 0],
            [220, 20, 60],
            [255, 140, 0],
            [0, 140, 0],
            [0, 190, 190],
            [0, 70, 220],
            [170, 0, 200],
        ],
    ),
)
train_dataloader = dict(dataset=dict(ann_file='VOC2007/ImageSets/Main/train.txt', **dataset))
val_dataloader = dict(dataset=dict(ann_file='VOC2007/ImageSets/Main/val.txt', **dataset))
test_dataloader = val_dataloader
