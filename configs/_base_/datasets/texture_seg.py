"""The label maps of the texture set: 400 training and 120 validation images, 7 classes.

Made by: python tools/make_texture_set.py
"""

_base_ = './voc_label_maps.py'

data_root = 'data/texture/'
dataset = dict(
    data_root=data_root,
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
train_dataloader = dict(dataset=dataset)
val_dataloader = dict(dataset=dataset)
test_dataloader = val_dataloader
