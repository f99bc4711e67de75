"""Tensor maths of the interpolation: torch only, no state."""

from .area import area_average, covered
from .distance import DISTANCES, axis_distance
from .float_pool import conv_float_pool, float_pool
from .fusion import fuses
from .grid import project, top_left
from .neighbours import neighbour_indices, weighted_sum

__all__ = [
    'DISTANCES',
    'area_average',
    'axis_distance',
    'conv_float_pool',
    'covered',
    'float_pool',
    'fuses',
    'neighbour_indices',
    'project',
    'top_left',
    'weighted_sum',
]
