"""The data sets of laptop size, and the parts that scores on them are made of."""

from ..datasets import TEXTURE_CLASSES
from .mixture_tables import MIXTURE

TEXTURES = {
    title: [f'pascal_voc/AP_{name}' for name in TEXTURE_CLASSES if name.endswith(kind)]
    for title, kind in (
        ('horizontal stripes', 'horizontal'),
        ('vertical stripes', 'vertical'),
        ('checks', 'checks'),
    )
}
"""The kinds of texture of the texture set, two classes each."""
CELLS = {
    title: [f'pascal_voc/AP_{name}']
    for title, name in (('red cells', 'RBC'), ('white cells', 'WBC'), ('platelets', 'Platelets'))
}
"""The classes of BCCD."""
STREET = {
    f'{name}s': [f'pascal_voc/AP_{name}']
    for name in ('car', 'bicyclist', 'pedestrian', 'sign', 'pole')
}
"""The classes of the boxes of CamVid."""
PARTS = {
    'texture set': TEXTURES,
    'mixture of textures': MIXTURE,
    'BCCD': CELLS,
    'boxes of CamVid': STREET,
}
"""Of each set that detectors are measured on, the keys of the scores of each part."""
SMALL = (
    *PARTS,
    'CamVid',
    'label maps of the mixture',
    'label maps of the texture set',
)
"""Where a table names one of these, its configs are those of `configs/mini/`."""
