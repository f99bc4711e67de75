"""Pascal VOC 2007: 5011 trainval images to train on, 4952 test images, 20 classes.

Link or download it to data/VOCdevkit, so that data/VOCdevkit/VOC2007/JPEGImages exists.
The images are brought to Light-Head R-CNN's own resolution, and the model downsizes from there.
"""

_base_ = './voc_layout.py'

data_root = 'data/VOCdevkit/'
backend_args = None
scale = (1333, 800)

train_pipeline = [
    dict(type='LoadImageFromFile', backend_args=backend_args),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='Resize', scale=scale, keep_ratio=True),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackDetInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile', backend_args=backend_args),
    dict(type='Resize', scale=scale, keep_ratio=True),
    dict(type='LoadAnnotations', with_bbox=True),  # after Resize: boxes stay in original pixels
    dict(type='PackDetInputs'),
]
train_dataloader = dict(
    batch_size=2,
    batch_sampler=dict(type='AspectRatioBatchSampler'),
    dataset=dict(
        data_root=data_root,
        ann_file='VOC2007/ImageSets/Main/trainval.txt',
        filter_cfg=dict(bbox_min_size=32),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        ann_file='VOC2007/ImageSets/Main/test.txt',
        pipeline=test_pipeline,
    )
)
test_dataloader = val_dataloader

# The rule of VOC 2007, by which its published scores were computed.
val_evaluator = dict(eval_mode='11points')
test_evaluator = val_evaluator

tta_pipeline = [
    dict(type='LoadImageFromFile', backend_args=backend_args),
    dict(
        type='TestTimeAug',
        transforms=[
            [dict(type='Resize', scale=scale, keep_ratio=True)],
            [dict(type='RandomFlip', prob=1.0), dict(type='RandomFlip', prob=0.0)],
            [dict(type='LoadAnnotations', with_bbox=True)],
            [dict(type='PackDetInputs')],
        ],
    ),
]
