"""The label maps of the mixture of textures: 3200 training and 480 validation images, 5 classes.

Made by:
python tools/make_texture_set.py --mixture --out data/texture_mixture --train 3200 --val 480
"""

_base_ = './seg_loaders.py'

data_root = 'data/texture_mixture/'
dataset = dict(
    type='SegFolderDataset',
    data_root=data_root,
    data_prefix=dict(img_path='VOC2007/JPEGImages', seg_map_path='VOC2007/SegmentationClass'),
    img_suffix='.jpg',
    seg_map_suffix='.png',
    metainfo=dict(
        classes=(
            'background',
            'fine_horizontal',
            'fine_vertical',
            'grainy_horizontal',
            'grainy_vertical',
        ),
        palette=[[0, 0, 0], [220, 20, 60], [255, 140, 0], [0, 70, 220], [170, 0, 200]],
    ),
)
train_dataloader = dict(dataset=dict(ann_file='VOC2007/ImageSets/Main/train.txt', **dataset))
val_dataloader = dict(dataset=dict(ann_file='VOC2007/ImageSets/Main/val.txt', **dataset))
test_dataloader = val_dataloader
