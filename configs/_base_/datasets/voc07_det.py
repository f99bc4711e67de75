"""Pascal VOC 2007: 5011 trainval images to train on, 4952 test images, 20 classes.

Link or download it to data/VOCdevkit, so that data/VOCdevkit/VOC2007/JPEGImages exists.
"""

_base_ = './voc_layout.py'

data_root = 'data/VOCdevkit/'
train_dataloader = dict(
    dataset=dict(data_root=data_root, ann_file='VOC2007/ImageSets/Main/trainval.txt')
)
val_dataloader = dict(dataset=dict(data_root=data_root, ann_file='VOC2007/ImageSets/Main/test.txt'))
test_dataloader = val_dataloader

# The rule of VOC 2007, by which its published scores were computed.
val_evaluator = dict(eval_mode='11points')
test_evaluator = val_evaluator
