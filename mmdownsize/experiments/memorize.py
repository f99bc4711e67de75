"""A pipeline put to the first test of any training: can it learn a few images by heart?"""

import copy

from mmengine.config import Config

from .metrics import METRICS

# CocoMetric is not among them: it takes the truth from a file, of all images.
EVALUATORS = 'VOCMetric', 'ClasswiseVOCMetric', 'IoUMetric'
# Of the CamVid images at 0.3x, a stride of 8 leaves 14 x 18 logits: too few to hold a pole.
SEGMENTOR_SCALE = 0.6
AUGMENTATIONS = 'PhotoMetricDistortion', 'Expand', 'MinIoURandomCrop'  # and all named Random*


def memorize_config(
    config: Config, *, images: int = 8, steps: int = 1000, bar: float = 0.95
) -> Config:
    """Change a config so that its model trains on a few images until it knows them.

    It is validated on the very images that it is trained on, and these are not augmented. The
    learning rate falls to nothing over `steps`, and no checkpoint is written. Segmentors train
    without dropout, on images of `SEGMENTOR_SCALE`, by a loss for mIoU beside the cross entropy.

    Args:
        config: of a detector on a set in VOC layout, or of a segmentor. It is left as it is.
        images: how many, the first ones of the training set that have objects.
        steps: of the optimizer, at most.
        bar: AP at IoU 0.5 or, of a segmentor, mIoU, 0 to 1, at which the training stops.

    Returns:
        The changed config.

    Raises:
        ValueError: `images` or `steps` is less than 1, `bar` is not in 0 to 1, the metric of the
            config is none of `EVALUATORS`, or its training set is made of several.

    Example:
        >>> config = Config.fromfile('configs/mini/refinedet_dsnet_texture.py')
        >>> memorize_config(config, steps=500).train_cfg
        {'type': 'IterBasedTrainLoop', 'max_iters': 500, 'val_interval': 50}
    """
    if images < 1 or steps < 1:
        raise ValueError(f'images and steps are at least 1, got {images} and {steps}')
    if not 0 < bar <= 1:
        raise ValueError(f'bar is a score between 0 and 1, got {bar}')
    if config.val_evaluator.type not in EVALUATORS:
        raise ValueError(
            f'what is memorized is measured by one of {", ".join(EVALUATORS)}, got a '
            f'{config.val_evaluator.type}: take a config that ends in _texture, _bccd or _camvid'
        )
    if 'pipeline' not in config.train_dataloader.dataset:
        raise ValueError(
            f'the training set is a {config.train_dataloader.dataset.type} of others, of which no '
            'first images can be taken: take a config that ends in _texture, _bccd or _camvid'
        )
    metric = METRICS[config.val_evaluator.type]
    config = copy.deepcopy(config)
    config.train_cfg = dict(
        type='IterBasedTrainLoop', max_iters=steps, val_interval=max(1, steps // 10)
    )
    config.param_scheduler = [
        dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=min(100, steps)),
        dict(type='CosineAnnealingLR', by_epoch=False, begin=0, end=steps, eta_min=0.0),
    ]
    config.log_processor.by_epoch = False
    config.default_hooks.checkpoint = None
    config.custom_hooks = [
        *config.get('custom_hooks', []),
        dict(
            type='EarlyStoppingHook',
            monitor=metric.key,
            rule='greater',
            stopping_threshold=metric.perfect * bar - 1e-6,  # the hook asks for more than it
            patience=steps,
        ),
    ]
    loader, tested = config.train_dataloader, config.val_dataloader.dataset.pipeline
    loader.sampler = dict(type='InfiniteSampler', shuffle=True)
    loader.batch_size = min(loader.batch_size, images)
    loader.dataset.indices = images
    config.val_dataloader.dataset = dict(loader.dataset, pipeline=tested)
    loader.dataset.pipeline = [
        transform
        for transform in loader.dataset.pipeline
        if not transform['type'].startswith('Random') and transform['type'] not in AUGMENTATIONS
    ]
    if config.val_evaluator.type == 'IoUMetric':
        config.model.data_preprocessor.scale_factor = SEGMENTOR_SCALE
        for head in filter(None, (config.model.decode_head, config.model.get('auxiliary_head'))):
            head.dropout_ratio = 0
        config.model.decode_head.loss_decode = [
            dict(type='CrossEntropyLoss'),
            # All classes count alike: one of two hundred pixels among a million is learned too.
            dict(type='LovaszLoss', per_image=False, reduction='none'),
        ]
    return config
