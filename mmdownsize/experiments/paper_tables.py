"""The tables of the experiments: which interpolators stand in them, and what they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .comparison import BASELINE
from .grid import Grid, Pretraining, Table
from .run import Options
from .small_sets import PARTS, SMALL

FIXED = ('bilinear', 'area', 'antialias')
ALL = (*FIXED, 'dsnet')
WITH_SUPPORT = (*ALL, 'dsnet_support')
"""For photographs, with the DownsizeNet that starts at antialiasing."""
WITH_NEAREST = (*ALL, 'nearest')
"""For fine textures, whose contrast the nearest pixel alone keeps."""
BEST = 'dsnet:coef_groups=3,zero_mean=True'
"""Our own choice of DownsizeNet: coefficients for each channel, and filters that start without
their mean. It is trained at the model's own rate."""
SOFT = 'dsnet_soft'
"""Coefficients for each channel, of 4x4 neighbours; the start is so soft that far ones learn."""
SOFT_PHASE = 'dsnet_soft_phase'
"""The same, its channels a third of an output pixel from the centre, each elsewhere."""
AVERAGING = 'dsnet_averaging', 'dsnet_nearest'
"""From starts that average where a texture is weak, or strong as grain is; elsewhere, the first
starts as `SOFT_PHASE`, the second at the nearest pixel."""
EPOCHS = 'train_cfg.max_epochs'
LEARNING_RATE = 'optim_wrapper.paramwise_cfg.custom_keys.interpolator.lr_mult'
SCALE = 'model.data_preprocessor.scale_factor'
FULL_RATE = {LEARNING_RATE: [1.0]}
"""The learning rate of `BEST` is the model's own. At laptop size the schedules give others a tenth;
those of the large models do not, DETR's aside."""
SLOW_RATE = {LEARNING_RATE: [0.01]}
"""Of DownsizeNets that are to stay close to their start."""
NO_RATE = {LEARNING_RATE: [0.0]}
"""Of DownsizeNets that their configs freeze as they start: what training adds is the difference to
these. The rate alone would not do, as the schedules raise it to their floor."""
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
    SOFT,
)


def compared(
    name: str,
    title: str,
    data: str,
    interpolators: Sequence[str] = ALL,
    ours: Sequence[str] = (BEST,),
    slow: Sequence[str] = (),
    own: Mapping[str, str] | None = None,
    untrained: Mapping[str, str] | None = None,
    options: Options | None = None,
    baseline: str = BASELINE,
) -> Table:
    """Compare interpolators in one model on one data set.

    Args:
        name: model and data set, as in the names of configs.
        title: of the table.
        data: what the model is measured on; of `SMALL` sets, the configs are of laptop size.
        interpolators: rows, each as `_base_/interpolators` and the schedule have it.
        ours: rows that are trained at the model's own rate.
        slow: rows that are trained at a hundredth of it.
        own: rows whose config is not that of the others, which may differ by their rate alone.
        untrained: rows that stay as they start, and the configs that freeze them.
        options: of all rows, over the config.
        baseline: row that the others are compared with.

    Example:
        >>> table = compared('fcn_camvid', 'FCN, 0.3x', 'CamVid', ['bilinear'])
        >>> [run.interpolator for run in table.runs([0])]
        ['bilinear', 'dsnet:coef_groups=3,zero_mean=True']
    """
    folder = 'configs/mini' if data in SMALL else 'configs'
    model, set_name = name.split('_', 1)
    config = f'{folder}/{model}_bilinear_{set_name}.py'
    grids = [
        Grid(config, interpolators, options=options or {}),
        Grid(config, ours, vary=FULL_RATE if data in SMALL else {}, options=options or {}),
        Grid(config, slow, vary=SLOW_RATE, options=options or {}),
        *(Grid(theirs, [row], options=options or {}) for row, theirs in (own or {}).items()),
        *(
            Grid(theirs, [row], vary=NO_RATE, options=options or {})
            for row, theirs in (untrained or {}).items()
        ),
    ]
    grids = [grid for grid in grids if grid.interpolators]
    return Table(name, title, data, grids, PARTS.get(data, {}), baseline)


def transferred(
    target: str,
    source: str,
    *,
    data: str,
    lengths: Sequence[Pretraining],
    options: Options,
    fixed: Sequence[str] = FIXED,
    learned: Sequence[str] = ('dsnet',),
    ours: Sequence[str] = (BEST,),
    own: Mapping[str, Sequence[Pretraining]] | None = None,
    untrained: Mapping[str, Sequence[Pretraining]] | None = None,
    backbone: bool = False,
    baseline: str = BASELINE,
) -> Table:
    """Compare interpolators that a source has trained, frozen, with fixed ones.

    Args:
        target: model and data set, as in the names of configs.
        source: the same.
        data: what the target is measured on.
        lengths: of the source's training.
        options: over the configs of the target; its own schedule becomes that of the transfer.
        fixed: interpolators to compare with.
        learned: those that their source trains at the rate of its schedule.
        ours: those that their source trains at the model's own rate.
        own: those whose sources are not `lengths`, and these.
        untrained: those that their sources, these, freeze as they start.
        backbone: the backbone is from the source as well, also behind the fixed ones, each from a
            source of its own.
        baseline: row that the others are compared with.
    """
    folder = 'configs/mini' if data in SMALL else 'configs'
    model, set_name = target.split('_', 1)
    taken = f'{set_name}_backbone_from_{source}' if backbone else f'{set_name}_from_{source}'
    trained = f'configs/transfer/{model}_dsnet_{taken}.py'
    at_full_rate = at_rate(lengths, 1.0) if data in SMALL else lengths
    if backbone:
        without = f'configs/transfer/{model}_bilinear_{taken}.py'
    else:
        without = f'{folder}/{model}_bilinear_{set_name}.py'
    what = 'interpolator and backbone' if backbone else 'interpolator'
    grids = [
        Grid(without, fixed, options=options, sources=lengths if backbone else ()),
        Grid(trained, learned, options=options, sources=lengths),
        Grid(trained, ours, options=options, sources=at_full_rate),
        *(
            Grid(trained, [row], options=options, sources=theirs)
            for row, theirs in (own or {}).items()
        ),
        *(
            Grid(trained, [row], options=options, sources=at_rate(theirs, 0.0))
            for row, theirs in (untrained or {}).items()
        ),
    ]
    return Table(
        f'{model}_{taken}',
        f'{target}, its {what} from {source}',
        data,
        [grid for grid in grids if grid.interpolators],
        PARTS.get(data, {}),
        baseline,
    )


def finetuned(name: str, title: str, data: str, source: Pretraining | None = None) -> Table:
    """Compare interpolators that are put in front of a model which was trained behind bilinear.

    All rows of a seed start from one network: there is less chance in their differences than in
    those of networks that start from random weights.

    Args:
        name: model and data set, as in the names of configs.
        title: of the table.
        data: what the model is measured on; one of `SMALL`.
        source: trains the model; None is its config as it is.
    """
    model, set_name = name.split('_', 1)
    trained = f'{model}_bilinear_{set_name}'
    config = f'configs/transfer/{trained}_model_from_{trained}.py'
    source = source or Pretraining(f'configs/mini/{trained}.py')
    sources = [replace(source, interpolator=BASELINE)]
    return Table(
        f'{name}_finetuned',
        title,
        data,
        [
            Grid(config, (*FIXED, 'dsnet_support'), sources=sources),
            Grid(config, ('dsnet', BEST, 'dsnet_support'), vary=FULL_RATE, sources=sources),
        ],
        PARTS.get(data, {}),
    )


def lengths_of(config: str, epochs: Sequence[int], scheduler: int) -> list[Pretraining]:
    """Train a source for each of these epochs; the scheduler of this index ends with them."""
    end = f'param_scheduler.{scheduler}.end'
    return [Pretraining(config, {EPOCHS: each}, {end: each}) for each in epochs]


def at_rate(sources: Sequence[Pretraining], rate: float) -> list[Pretraining]:
    """Give the interpolators of sources this rate, of the model's own."""
    return [replace(one, varied={**one.varied, LEARNING_RATE: rate}) for one in sources]


def at_lengths(table: Table, epochs: Sequence[int], scheduler: int) -> Table:
    """Train all of a table for each of these epochs; the scheduler of this index ends with them."""
    end = f'param_scheduler.{scheduler}.end'
    return replace(
        table,
        grids=[
            replace(grid, vary={EPOCHS: [each], **grid.vary}, options={**grid.options, end: each})
            for each in epochs
            for grid in table.grids
        ],
    )


def ablated(table: Table) -> Table:
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


def at_half_the_scale(table: Table, title: str) -> Table:
    """Downsize the images of a table at 0.3x to 0.15x, where few neighbours leave out far more."""
    return replace(
        table,
        name=f'{table.name}_half',
        title=title,
        grids=[replace(grid, vary={**grid.vary, SCALE: [0.15]}) for grid in table.grids],
    )


def at_twice_the_scale(table: Table) -> Table:
    """Give the model of a table at 0.3x larger images, with the detail of 0.6x and of 0.3x."""
    grid = table.grids[0]
    return replace(
        table,
        name=f'{table.name}_scale',
        title=f'{table.title}: what a larger image is worth, and what its detail',
        grids=[
            replace(grid, interpolators=FIXED),
            replace(
                grid,
                interpolators=('bilinear', 'bilinear:through=0.5'),
                vary={SCALE: [0.6]},
            ),
        ],
    )
