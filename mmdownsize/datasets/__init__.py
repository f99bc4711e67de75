"""Data sets: generated ones, and folders of images that are checked before training.

`mmdownsize.datasets.voc` and `mmdownsize.datasets.coco` register data sets in MMDetection,
`mmdownsize.datasets.segmentation` and `mmdownsize.datasets.check_labels` data sets and a transform
in MMSegmentation. They are imported by name, so that this package needs neither.
"""

from .camvid_boxes import CAMVID_BOXES, make_camvid_boxes
from .texture import make_texture_set
from .texture_scene import CLASSES as TEXTURE_CLASSES
from .texture_scene import MIXTURE_CLASSES

__all__ = [
    'CAMVID_BOXES',
    'MIXTURE_CLASSES',
    'TEXTURE_CLASSES',
    'make_camvid_boxes',
    'make_texture_set',
]
