"""Tables of the mixture of textures: one kind of them alone, and an interpolator told of grain."""

from dataclasses import replace

from ..datasets import MIXTURE_CLASSES
from .grid import Table

KINDS = {
    kind: [name for name in MIXTURE_CLASSES if name.startswith(kind)] for kind in ('fine', 'grainy')
}
"""The classes of each kind of texture of the mixture."""
MIXTURE = {
    f'{kind} stripes': [f'pascal_voc/AP_{name}' for name in names] for kind, names in KINDS.items()
}
"""The kinds of texture of the mixture, two classes each."""
TOLD = 'data/texture_told/'
"""The mixture, its grain averaged beforehand as area averaging would."""


def of_kind(table: Table, kind: str, baseline: str) -> Table:
    """Let the detector of a table of the mixture learn and find one kind of texture, of `KINDS`.

    What it has to learn is then the same behind every interpolator: one that loses the other kind
    has a part of the task taken from it, where the detector learns both. The baseline is the
    interpolator that serves this kind.
    """
    names = KINDS[kind]
    options = {
        f'{split}_dataloader.dataset.metainfo.classes': names for split in ('train', 'val', 'test')
    }
    options['model.bbox_head.num_classes'] = len(names)
    return replace(
        table,
        name=f'{table.name}_{kind}',
        title=f'{table.title}; boxes of {kind} stripes alone',
        grids=[replace(grid, options={**grid.options, **options}) for grid in table.grids],
        parts={},
        baseline=baseline,
    )


def with_told(table: Table) -> Table:
    """Add to a table of the mixture what an interpolator gives that is told where the grain is.

    It averages the grain, which `TOLD` holds averaged already, and takes the nearest pixel
    elsewhere: each kind of texture comes out as by the fixed interpolation that serves it. The
    first grid has the settings, and of its sources the first one.
    """
    grid = table.grids[0]
    train, *others = (f'{split}_dataloader.dataset.data_root' for split in ('train', 'val', 'test'))
    roots = dict.fromkeys(others, TOLD)
    return replace(
        table,
        grids=[
            *table.grids,
            replace(
                grid,
                interpolators=['nearest'],
                vary={**grid.vary, train: [TOLD]},
                options={**grid.options, **roots},
                sources=[
                    replace(
                        source,
                        varied={**source.varied, train: TOLD},
                        options={**source.options, **roots},
                    )
                    for source in grid.sources[:1]
                ],
            ),
        ],
    )
