"""Tables of the texture set and of the mixture of textures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .grid import Pretraining, Table
from .mixture_tables import of_kind, with_told
from .paper_tables import (
    AVERAGING,
    BEST,
    FIXED,
    SOFT,
    SOFT_PHASE,
    WITH_NEAREST,
    at_lengths,
    compared,
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
FCN_MIXTURE = with_told(
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
)
FCN_TEXTURE = compared(
    'fcn_texture_seg',
    'FCN, 0.3x, 3200 images',
    'label maps of the texture set',
    (*FIXED, 'nearest', SOFT_PHASE),
    ours=(),
    own=dict.fromkeys(AVERAGING, AVERAGING_TEXTURE_CONFIG),
    untrained=dict.fromkeys(AVERAGING, FROZEN_TEXTURE_CONFIG),
    options=LABELS_OF_MANY_TEXTURES,
    baseline='nearest',
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


TRANSFERS = [
    from_mixture(MIXTURE_EPOCHS, backbone=False),
    with_told(
        from_mixture(
            MIXTURE_EPOCHS,
            untrained=dict.fromkeys(AVERAGING, lengths_of(FROZEN_CONFIG, MIXTURE_EPOCHS[:1], 1)),
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
    from_mixture(MIXTURE_EPOCHS[:1], 'refinedet_texture', 'texture set', MANY_TEXTURES_T_MAX),
    transferred(
        'refinedet_texture',
        'fcn_texture_seg',
        data='texture set',
        lengths=[
            Pretraining('configs/mini/fcn_bilinear_texture_seg.py', options=LABELS_OF_MANY_TEXTURES)
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
]
"""To RefineDet, of what FCN has learned of textures: the interpolator, or the backbone as well."""
