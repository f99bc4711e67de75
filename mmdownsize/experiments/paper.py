"""The experiments of the paper, as data: `reproduce.py` carries them out.

Of tables 1 and 2 of the paper only the ranges of the gains are known; see the docstrings of the
configs for the schedules, which are those of each model's authors.
"""

from collections.abc import Sequence
from dataclasses import replace

from ..datasets import MIXTURE_CLASSES, TEXTURE_CLASSES
from .grid import Experiment, Grid, Pretraining, Table
from .run import Options

FIXED = ('bilinear', 'area', 'antialias')
ALL = (*FIXED, 'dsnet')
WITH_NEAREST = (*ALL, 'nearest')
"""For fine textures, whose contrast the nearest pixel alone keeps."""
BEST = 'dsnet:coef_groups=3,zero_mean=True'
"""Our own choice of DownsizeNet: coefficients for each channel, and filters that start without
their mean. It is trained at the model's own rate."""
SOFT = 'dsnet:taps=4,coef_groups=3,sharpness=0.3'
"""Coefficients for each channel, of 4x4 neighbours, from a start so soft that the far ones learn.
It is trained at the model's own rate, too."""
LEARNING_RATE = 'optim_wrapper.paramwise_cfg.custom_keys.interpolator.lr_mult'
FULL_RATE = {LEARNING_RATE: [1.0]}
"""The learning rate of `BEST` is the model's own. At laptop size the schedules give others a tenth;
those of the large models do not, DETR's aside."""
ABLATED = (
    BEST,
    SOFT,
    'dsnet',
    'dsnet:coef_groups=3',
    'dsnet:zero_mean=True',
    'dsnet:coef_groups=3,zero_mean=True,sharpness=4',
    'dsnet:coef_groups=3,zero_mean=True,num_convs=3',
    'dsnet:coef_groups=3,zero_mean=True,normalizer=softmax',
    'dsnet4:coef_groups=3,zero_mean=True',
    'dsnet_phase',
    'dsnet_support:coef_groups=3,zero_mean=True',
    'dsnet_support:coef_groups=3,sharpness=2',
    'learned_resizer',
    'muller',
)
AT_A_TENTH = (
    'dsnet',
    'dsnet_phase',
    'dsnet:coef_groups=3',
    'dsnet_support',
    'dsnet_support:coef_groups=3,sharpness=2',
)
TEXTURES = {
    title: [f'pascal_voc/AP_{name}' for name in TEXTURE_CLASSES if name.endswith(kind)]
    for title, kind in (
        ('horizontal stripes', 'horizontal'),
        ('vertical stripes', 'vertical'),
        ('checks', 'checks'),
    )
}
"""The kinds of texture of the texture set, two classes each."""
MIXTURE = {
    f'{kind} stripes': [
        f'pascal_voc/AP_{name}' for name in MIXTURE_CLASSES if name.startswith(kind)
    ]
    for kind in ('fine', 'grainy')
}
"""The kinds of texture of the mixture, two classes each."""
PARTS = {'texture set': TEXTURES, 'mixture of textures': MIXTURE}
MANY_TEXTURES = {
    'train_dataloader.dataset.data_root': 'data/texture_large/',
    'train_cfg.max_epochs': 4,
    'param_scheduler.1.end': 4,
}
"""3200 images of the texture set, for 4 epochs. Of its usual 400, Light-Head learns little beyond
the shapes: behind bilinear interpolation, with seed 0, 32 epochs of them gave an mAP of 33.4, these
45.8."""
SMALL = ('BCCD', 'CamVid', 'boxes of CamVid', *PARTS, 'label maps of the mixture')


def _table(
    name: str,
    title: str,
    data: str,
    interpolators: Sequence[str] = ALL,
    ours: Sequence[str] = (BEST,),
    options: Options | None = None,
) -> Table:
    folder = 'configs/mini' if data in SMALL else 'configs'
    model, set_name = name.split('_', 1)
    config = f'{folder}/{model}_bilinear_{set_name}.py'
    grids = [
        Grid(config, interpolators, options=options or {}),
        Grid(config, ours, vary=FULL_RATE if data in SMALL else {}, options=options or {}),
    ]
    return Table(name, title, data, grids, PARTS.get(data, {}))


def _transfer(
    target: str,
    source: str,
    *,
    data: str,
    lengths: Sequence[Pretraining],
    options: Options,
    fixed: Sequence[str] = FIXED,
    ours: Sequence[str] = (BEST,),
) -> Table:
    """Compare interpolators that a source has trained, frozen, with fixed ones.

    Args:
        target: model and data set, as in the names of configs.
        source: the same.
        data: what the target is measured on.
        lengths: of the source's training.
        options: that give the fixed ones the schedule of the transfer.
        fixed: interpolators to compare with.
        ours: those that their source trains at the model's own rate.
    """
    folder = 'configs/mini' if data in SMALL else 'configs'
    model, set_name = target.split('_', 1)
    trained = f'configs/transfer/{model}_dsnet_{set_name}_from_{source}.py'
    at_full_rate = lengths
    if data in SMALL:
        at_full_rate = [
            replace(length, varied={**length.varied, LEARNING_RATE: 1.0}) for length in lengths
        ]
    return Table(
        f'{target}_from_{source}',
        f'{target}, its interpolator from {source}',
        data,
        [
            Grid(f'{folder}/{model}_bilinear_{set_name}.py', fixed, options=options),
            Grid(trained, ['dsnet'], sources=lengths),
            Grid(trained, ours, sources=at_full_rate),
        ],
        PARTS.get(data, {}),
    )


def _lengths(config: str, epochs: Sequence[int], scheduler: int) -> list[Pretraining]:
    end = f'param_scheduler.{scheduler}.end'
    return [Pretraining(config, {'train_cfg.max_epochs': each}, {end: each}) for each in epochs]


def _ablation(table: Table) -> Table:
    """Change one thing of `BEST` at a time; the learning rate, of others too."""
    grid = table.grids[0]
    return replace(
        table,
        name=f'{table.name}_ablation',
        grids=[
            replace(grid, interpolators=(*FIXED, 'nearest')),
            replace(grid, interpolators=ABLATED, vary=FULL_RATE),
            replace(grid, interpolators=AT_A_TENTH),
        ],
    )


FCN = _table('fcn_camvid', 'FCN, 0.3x', 'CamVid')
CENTERNET = _table(
    'centernet_texture',
    'CenterNet, 0.3x, 3200 images',
    'texture set',
    WITH_NEAREST,
    options=MANY_TEXTURES | {'param_scheduler.1.T_max': 4},
)
LIGHT_HEAD = _table(
    'lighthead_texture',
    'Light-Head R-CNN, 0.3x, 3200 images',
    'texture set',
    WITH_NEAREST,
    options=MANY_TEXTURES,
)
REFINEDET = _table(
    'refinedet_texture',
    'RefineDet, 300x300 to 90x90, 3200 images',
    'texture set',
    (*WITH_NEAREST, 'bicubic', 'dsnet4'),
    ours=(BEST, SOFT),
    options=MANY_TEXTURES | {'param_scheduler.1.T_max': 4},
)
EXPERIMENTS = dict(
    table1=Experiment(
        'Detectors',
        'mAP of DownsizeNet over bilinear interpolation, four detectors on VOC 2007 and COCO: +0.2 '
        'to +0.9.',
        mini=[
            _table('lighthead_bccd', 'Light-Head R-CNN, 0.3x', 'BCCD'),
            _table('refinedet_bccd', 'RefineDet, 0.3x', 'BCCD'),
            _table('centernet_bccd', 'CenterNet, 0.3x', 'BCCD'),
            _table('lighthead_camvid_det', 'Light-Head R-CNN, 0.3x', 'boxes of CamVid'),
            LIGHT_HEAD,
            CENTERNET,
            *(
                _table(
                    f'{model}_mixture',
                    f'{title}, 0.3x',
                    'mixture of textures',
                    WITH_NEAREST,
                    ours=(BEST, SOFT),
                )
                for model, title in (
                    ('refinedet', 'RefineDet'),
                    ('lighthead', 'Light-Head R-CNN'),
                )
            ),
        ],
        full=[
            _table(f'{model}_{data}', title, where)
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
            _table('deeplabv3plus_camvid', 'DeepLabv3+, 0.3x', 'CamVid'),
            _table('spnet_camvid', 'SPNet, 0.3x', 'CamVid'),
            _table(
                'fcn_mixture_seg',
                'FCN, 0.3x',
                'label maps of the mixture',
                WITH_NEAREST,
                ours=(BEST, SOFT),
            ),
        ],
        full=[
            _table(f'{model}_{data}', f'{title}, 0.3x', where)
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
            _transfer(
                'lighthead_camvid_det',
                'deeplabv3plus_camvid',
                data='boxes of CamVid',
                lengths=_lengths('configs/mini/deeplabv3plus_bilinear_camvid.py', (10, 20, 30), 1),
                options={},
            ),
            _transfer(
                'deeplabv3plus_camvid',
                'lighthead_camvid_det',
                data='CamVid',
                lengths=[Pretraining('configs/mini/lighthead_bilinear_camvid_det.py')],
                options={},
            ),
            _transfer(
                'refinedet_mixture',
                'fcn_mixture_seg',
                data='mixture of textures',
                lengths=[Pretraining('configs/mini/fcn_bilinear_mixture_seg.py')],
                options={},
                fixed=(*FIXED, 'nearest'),
                ours=(BEST, SOFT),
            ),
        ],
        full=[
            _transfer(
                'lighthead_voc',
                'deeplabv3plus_voc12',
                data='VOC 2007',
                lengths=_lengths('configs/deeplabv3plus_bilinear_voc12.py', (100, 200, 300), 0),
                options={
                    'train_cfg.max_epochs': 10,
                    'param_scheduler.1.end': 10,
                    'param_scheduler.1.milestones': [7, 9],
                },
            ),
            _transfer(
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
            _table(
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
        mini=[_ablation(FCN), _ablation(LIGHT_HEAD)],
        full=[],
    ),
)
