"""The label maps of the mixture of textures: 3200 training and 480 validation images, 5 classes.

Made by:
python tools/make_texture_set.py --mixture --out data/texture_mixture --train 3200 --val 480
"""

_base_ = './voc_label_maps.py'

data_root = 'data/texture_mixture/'
dataset = dict(
    data_root=data_root,
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
train_dataloader = dict(dataset=dataset)
val_dataloader = dict(dataset=dataset)
test_dataloader = val_dataloader
