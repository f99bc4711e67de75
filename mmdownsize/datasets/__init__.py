"""Data sets: the generated texture set, and folders in VOC layout checked before training.

`mmdownsize.datasets.voc` registers a dataset in MMDetection and is imported by name, so that this
package does not need MMDetection.
"""

from .texture import make_texture_set
from .texture_scene import CLASSES as TEXTURE_CLASSES

__all__ = ['TEXTURE_CLASSES', 'make_texture_set']
