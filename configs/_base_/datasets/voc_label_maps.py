"""Label maps in VOC layout, as the texture sets have them; a child names folder and classes."""

_base_ = './seg_loaders.py'

dataset = dict(
    type='SegFolderDataset',
    data_prefix=dict(img_path='VOC2007/JPEGImages', seg_map_path='VOC2007/SegmentationClass'),
    img_suffix='.jpg',
    seg_map_suffix='.png',
)
train_dataloader = dict(dataset=dict(ann_file='VOC2007/ImageSets/Main/train.txt', **dataset))
val_dataloader = dict(dataset=dict(ann_file='VOC2007/ImageSets/Main/val.txt', **dataset))
test_dataloader = val_dataloader
