"""The texture set: 400 training and 120 validation images of 300x300, 6 classes.

Made by: python tools/make_texture_set.py
"""

_base_ = './voc_layout.py'

data_root = 'data/texture/'
metainfo = dict(
    classes=(
        'disc_horizontal',
        'disc_vertical',
        'bar_vertical',
        'bar_checks',
        'triangle_checks',
        'triangle_horizontal',
    ),
    palette=[
        (220, 20, 60),
        (255, 140, 0),
        (0, 140, 0),
        (0, 190, 190),
        (0, 70, 220),
        (170, 0, 200),
    ],
)
train_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
val_dataloader = dict(dataset=dict(data_root=data_root, metainfo=metainfo))
test_dataloader = val_dataloader
