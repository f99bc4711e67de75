"""The experiments of the paper, as data: `reproduce.py` carries them out.

Of tables 1 and 2 of the paper only the ranges of the gains are known; see the docstrings of the
configs for the schedules, which are those of each model's authors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .grid import Experiment, Pretraining, Table
from .mixture_tables import of_kind, with_told
from .paper_tables import (
    ALL,
    AVERAGING,
    BEST,
    FIXED,
    SOFT,
    SOFT_PHASE,
    WITH_NEAREST,
    WITH_SUPPORT,
    ablated,
    at_half_the_scale,
    at_lengths,
    at_twice_the_scale,
    compared,
    finetuned,
    lengths_of,
    transferred,
)
from .run import Options

MANY_TEXTURES = {
    'train_dataloader.dataset.data_root': 'data/texture_large/',
    'train_cfg.max_epochs': 4,
    'param_scheduler.1.end': 4,
}
"""3200 images of the texture set, for 4 epochs. Of its usual 400, Light-Head learns little beyond
the shapes: behind bilinear interpolation, with seed 0, 32 epochs of them gave an mAP of 33.4, these
45.8."""
MANY_TEXTURES_T_MAX = MANY_TEXTURES | {'param_scheduler.1.T_max': 4}
"""The same for schedules that state T_max."""
LABELS_OF_MANY_TEXTURES = {
    f'{split}_dataloader.dataset.data_root': 'data/texture_large/'
    for split in ('train', 'val', 'test')
}
"""The same images for FCN, whose schedule has 8 epochs; and the 480 of that set to measure on, as
the mixture has: of the usual 120, one object counts for almost a point of its class."""
AVERAGING_CONFIG = 'configs/mini/fcn_dsnet_averaging_mixture_seg.py'
AVERAGING_TEXTURE_CONFIG = 'configs/mini/fcn_dsnet_averaging_texture_seg.py'
FROZEN_CONFIG = 'configs/mini/fcn_dsnet_averaging_frozen_mixture_seg.py'
FROZEN_TEXTURE_CONFIG = 'configs/mini/fcn_dsnet_averaging_frozen_texture_seg.py'
MIXTURE_EPOCHS = 8, 4
"""Of FCN on the mixture. After four, it is a matter of the seed whether it tells the directions of
fine stripes apart, whatever is in front of it."""
TWICE_AS_LONG = {'train_cfg.max_epochs': 8, 'param_scheduler.1.end': 8}
"""Of detectors that learn the mixture in 4 epochs."""
FCN = compared('fcn_camvid', 'FCN, 0.3x', 'CamVid')
LIGHT_HEAD_BCCD = compared('lighthead_bccd', 'Light-Head R-CNN, 0.3x', 'BCCD', WITH_SUPPORT)
LIGHT_HEAD_CAMVID = compared(
    'lighthead_camvid_det', 'Light-Head R-CNN, 0.3x', 'boxes of CamVid', WITH_SUPPORT
)
REFINEDET_BCCD = compared('refinedet_bccd', 'RefineDet, 0.3x', 'BCCD', WITH_SUPPORT)
CENTERNET = compared(
    'centernet_texture',
    'CenterNet, 0.3x, 3200 images',
    'texture set',
    WITH_NEAREST,
    options=MANY_TEXTURES_T_MAX,
)
LIGHT_HEAD = compared(
    'lighthead_texture',
    'Light-Head R-CNN, 0.3x, 3200 images',
    'texture set',
    WITH_NEAREST,
    options=MANY_TEXTURES,
)
REFINEDET = compared(
    'refinedet_texture',
    'RefineDet, 300x300 to 90x90, 3200 images',
    'texture set',
    (*WITH_NEAREST, 'bicubic', 'dsnet4'),
    ours=(BEST, SOFT),
    options=MANY_TEXTURES_T_MAX,
)


def from_mixture(
    epochs: Sequence[int],
    target: str = 'refinedet_mixture',
    data: str = 'mixture of textures',
    options: Options | None = None,
    backbone: bool = True,
    untrained: Mapping[str, Sequence[Pretraining]] | None = None,
) -> Table:
    """Start a detector from what FCN has learned of the mixture; see `transferred`."""
    return transferred(
        target,
        'fcn_mixture_seg',
        data=data,
        lengths=lengths_of('configs/mini/fcn_bilinear_mixture_seg.py', epochs, 1),
        options=options or {},
        fixed=(*FIXED, 'nearest'),
        learned=('dsnet', SOFT, SOFT_PHASE),
        ours=(SOFT,),
        own=dict.fromkeys(AVERAGING, lengths_of(AVERAGING_CONFIG, epochs[:1], 1)),
        untrained=untrained,
        baseline='nearest',
        backbone=backbone,
    )


EXPERIMENTS = dict(
    table1=Experiment(
        'Detectors',
        'mAP of DownsizeNet over bilinear interpolation, four detectors on VOC 2007 and COCO: +0.2 '
        'to +0.9.',
        mini=[
            LIGHT_HEAD_BCCD,
            at_half_the_scale(LIGHT_HEAD_BCCD, 'Light-Head R-CNN, 0.15x'),
            REFINEDET_BCCD,
            at_half_the_scale(REFINEDET_BCCD, 'RefineDet, 0.15x'),
            finetuned(
                'refinedet_bccd', 'RefineDet, 0.3x, of 16 epochs behind bilinear, 6 more', 'BCCD'
            ),
            compared('centernet_bccd', 'CenterNet, 0.3x', 'BCCD'),
            LIGHT_HEAD_CAMVID,
            replace(
                at_lengths(LIGHT_HEAD_CAMVID, [16], 1),
                name='lighthead_camvid_det_twice_as_long',
                title='Light-Head R-CNN, 0.3x, 16 epochs instead of 8',
            ),
            finetuned(
                'lighthead_camvid_det',
                'Light-Head R-CNN, 0.3x, of 32 epochs behind bilinear, 8 more',
                'boxes of CamVid',
                lengths_of('configs/mini/lighthead_bilinear_camvid_det.py', [32], 1)[0],
            ),
            LIGHT_HEAD,
            CENTERNET,
            *(
                compared(
                    f'{model}_mixture',
                    f'{title}, 0.3x',
                    'mixture of textures',
                    (*WITH_NEAREST, SOFT),
                    ours=(BEST, SOFT),
                )
                for model, title in (
                    ('refinedet', 'RefineDet'),
                    ('lighthead', 'Light-Head R-CNN'),
                )
            ),
        ],
        full=[
            compared(f'{model}_{data}', title, where)
            for data, where in (('voc', 'VOC 2007'), ('coco', 'COCO 2017'))
            for model, title in (
                ('lighthead', 'Light-Head R-CNN, 0.3x'),
                ('refinedet320', 'RefineDet, to 320x320'),
                ('centernet', 'CenterNet, 0.3x'),
                ('detr', 'DETR, to 165x165'),
            )
        ],
    ),
    table2=Experiment(
        'Segmentors',
        'mIoU of DownsizeNet over bilinear interpolation, three segmentors on VOC 2012 and '
        'Cityscapes: +0.5 to +0.9.',
        mini=[
            FCN,
            finetuned('fcn_camvid', 'FCN, 0.3x, of 30 epochs behind bilinear, 10 more', 'CamVid'),
            compared('deeplabv3plus_camvid', 'DeepLabv3+, 0.3x', 'CamVid'),
            compared('spnet_camvid', 'SPNet, 0.3x', 'CamVid'),
            with_told(
                at_lengths(
                    compared(
                        'fcn_mixture_seg',
                        'FCN, 0.3x',
                        'label maps of the mixture',
                        (*WITH_NEAREST, SOFT, SOFT_PHASE),
                        ours=(SOFT,),
                        own=dict.fromkeys(AVERAGING, AVERAGING_CONFIG),
                        untrained=dict.fromkeys(AVERAGING, FROZEN_CONFIG),
                        baseline='nearest',
                    ),
                    MIXTURE_EPOCHS,
                    1,
                )
            ),
            compared(
                'fcn_texture_seg',
                'FCN, 0.3x, 3200 images',
                'label maps of the texture set',
                (*FIXED, 'nearest', SOFT_PHASE),
                ours=(),
                own=dict.fromkeys(AVERAGING, AVERAGING_TEXTURE_CONFIG),
                untrained=dict.fromkeys(AVERAGING, FROZEN_TEXTURE_CONFIG),
                options=LABELS_OF_MANY_TEXTURES,
                baseline='nearest',
            ),
        ],
        full=[
            compared(f'{model}_{data}', f'{title}, 0.3x', where)
            for data, where in (('voc12', 'VOC 2012'), ('cityscapes', 'Cityscapes'))
            for model, title in (
                ('fcn', 'FCN'),
                ('deeplabv3plus', 'DeepLabv3+'),
                ('spnet', 'SPNet'),
            )
        ],
    ),
    table3=Experiment(
        'Transfer of a frozen interpolator',
        'DownsizeNet trained in DeepLabv3+ for 100, 200 and 300 epochs, then frozen in Light-Head '
        'R-CNN on VOC 2007: its advantage over bilinear interpolation grows with the epochs. The '
        'other way round it is worse than bilinear.',
        mini=[
            transferred(
                'lighthead_camvid_det',
                'deeplabv3plus_camvid',
                data='boxes of CamVid',
                lengths=lengths_of(
                    'configs/mini/deeplabv3plus_bilinear_camvid.py', (10, 20, 30), 1
                ),
                options={},
            ),
            transferred(
                'deeplabv3plus_camvid',
                'lighthead_camvid_det',
                data='CamVid',
                lengths=[Pretraining('configs/mini/lighthead_bilinear_camvid_det.py')],
                options={},
            ),
            from_mixture(MIXTURE_EPOCHS, backbone=False),
            with_told(
                from_mixture(
                    MIXTURE_EPOCHS,
                    untrained=dict.fromkeys(
                        AVERAGING, lengths_of(FROZEN_CONFIG, MIXTURE_EPOCHS[:1], 1)
                    ),
                )
            ),
            of_kind(with_told(from_mixture(MIXTURE_EPOCHS[:1])), 'fine', 'nearest'),
            of_kind(with_told(from_mixture(MIXTURE_EPOCHS[:1])), 'grainy', 'area'),
            replace(
                from_mixture(MIXTURE_EPOCHS[:1], options=TWICE_AS_LONG),
                name='refinedet_mixture_backbone_from_fcn_mixture_seg_twice_as_long',
                title='refinedet_mixture, 8 epochs instead of 4, interpolator and backbone from '
                'fcn_mixture_seg',
            ),
            from_mixture(
                MIXTURE_EPOCHS[:1], 'refinedet_texture', 'texture set', MANY_TEXTURES_T_MAX
            ),
            transferred(
                'refinedet_texture',
                'fcn_texture_seg',
                data='texture set',
                lengths=[
                    Pretraining(
                        'configs/mini/fcn_bilinear_texture_seg.py', options=LABELS_OF_MANY_TEXTURES
                    )
                ],
                options=MANY_TEXTURES_T_MAX | LABELS_OF_MANY_TEXTURES,
                fixed=(*FIXED, 'nearest'),
                learned=(SOFT_PHASE,),
                ours=(),
                own=dict.fromkeys(
                    AVERAGING,
                    [Pretraining(AVERAGING_TEXTURE_CONFIG, options=LABELS_OF_MANY_TEXTURES)],
                ),
                untrained=dict.fromkeys(
                    AVERAGING,
                    [Pretraining(FROZEN_TEXTURE_CONFIG, options=LABELS_OF_MANY_TEXTURES)],
                ),
                baseline='nearest',
                backbone=True,
            ),
        ],
        full=[
            transferred(
                'lighthead_voc',
                'deeplabv3plus_voc12',
                data='VOC 2007',
                lengths=lengths_of('configs/deeplabv3plus_bilinear_voc12.py', (100, 200, 300), 0),
                options={
                    'train_cfg.max_epochs': 10,
                    'param_scheduler.1.end': 10,
                    'param_scheduler.1.milestones': [7, 9],
                },
            ),
            transferred(
                'deeplabv3plus_voc12',
                'lighthead_voc',
                data='VOC 2012',
                lengths=[Pretraining('configs/lighthead_bilinear_voc.py')],
                options={},
            ),
        ],
    ),
    refinedet=Experiment(
        'RefineDet, 300x300 to 100x100',
        'VOC 2007, mAP: bicubic 57.1, area 58.9, DownsizeNet 59.4.',
        mini=[REFINEDET],
        full=[
            compared(
                'refinedet_voc',
                'RefineDet, 300x300 to 100x100',
                'VOC 2007',
                (*ALL, 'bicubic', 'dsnet4'),
            )
        ],
    ),
    ablation=Experiment(
        'Ablations: one change at a time',
        'of two, three and four convolutions, only the time is known.',
        mini=[
            ablated(FCN),
            ablated(LIGHT_HEAD),
            at_twice_the_scale(FCN),
            at_twice_the_scale(REFINEDET_BCCD),
        ],
        full=[],
    ),
)
