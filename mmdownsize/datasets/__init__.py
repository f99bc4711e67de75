"""Data sets: the generated texture set, and folders in VOC or COCO layout, checked before training.

`mmdownsize.datasets.voc` and `mmdownsize.datasets.coco` register data sets in MMDetection and are
imported by name, so that this package does not need MMDetection.
"""

from .texture import make_texture_set
from .texture_scene import CLASSES as TEXTURE_CLASSES

__all__ = ['TEXTURE_CLASSES', 'make_texture_set']
