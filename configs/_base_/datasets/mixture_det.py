"""The mixture of textures: 3200 training and 480 validation images of 300x300, 4 classes.

Made by:
python tools/make_texture_set.py --mixture --out data/texture_mixture --train 3200 --val 480
"""

_base_ = './voc_layout.py'

data_root = 'data/texture_mixture/'
metainfo = dict(
    classes=('fine_horizontal', 'fine_vertical', 'grainy_horizontal', 'grainy_vertical'),
    palette=[(220, 20, 60), (255, 140, 0), (0, 70, 220), (170, 0, 200)],
)
train_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
val_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
test_dataloader = val_dataloader
