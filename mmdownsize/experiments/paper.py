"""The experiments of the paper, as data: `reproduce.py` carries them out.

Of tables 1 and 2 of the paper only the ranges of the gains are known; see the docstrings of the
configs for the schedules, which are those of each model's authors.
"""

from dataclasses import replace

from .grid import Experiment, Pretraining
from .paper_tables import (
    ALL,
    BEST,
    SOFT,
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
from .texture_tables import CENTERNET, FCN_MIXTURE, FCN_TEXTURE, LIGHT_HEAD, REFINEDET, TRANSFERS

FCN = compared('fcn_camvid', 'FCN, 0.3x', 'CamVid')
LIGHT_HEAD_BCCD = compared('lighthead_bccd', 'Light-Head R-CNN, 0.3x', 'BCCD', WITH_SUPPORT)
LIGHT_HEAD_CAMVID = compared(
    'lighthead_camvid_det',
    'Light-Head R-CNN, 0.3x',
    'boxes of CamVid',
    WITH_SUPPORT,
    slow=['dsnet_support'],
)
REFINEDET_BCCD = compared('refinedet_bccd', 'RefineDet, 0.3x', 'BCCD', WITH_SUPPORT)
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
            FCN_MIXTURE,
            FCN_TEXTURE,
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
            *TRANSFERS,
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
