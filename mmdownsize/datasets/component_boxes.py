"""Boxes around the connected components of a label map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from .voc_writer import VOCObject

__all__ = ['BoxRule', 'find_boxes']


@dataclass(frozen=True)
class BoxRule:
    """Which pixels become which boxes.

    Args:
        classes: label of each class to be boxed.
        min_area: pixels that an object has at least; smaller ones, crumbs mostly, get no box.
        difficult_area: pixels that an object has at least not to be difficult.
        difficult_side: pixels that the shorter side of a box has at least not to be difficult.

    Raises:
        TypeError: if a number is no whole number.
        ValueError: if a number is out of range, or there is no class.
    """

    classes: Mapping[str, int]
    min_area: int
    difficult_area: int
    difficult_side: int

    def __post_init__(self) -> None:
        if not self.classes:
            raise ValueError('classes should give the label of at least one class, but is empty')
        least = {'min_area': 1, 'difficult_area': 0, 'difficult_side': 0}
        numbers = [(name, getattr(self, name), low) for name, low in least.items()]
        numbers += [(f'classes[{name!r}]', label, 0) for name, label in self.classes.items()]
        for name, value, low in numbers:
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError(f'{name} should be a whole number, but got {value!r}')
            if value < low:
                raise ValueError(f'{name} should be at least {low}, but got {value}')


def find_boxes(labels: np.ndarray, rule: BoxRule) -> list[VOCObject]:
    """Box the connected components of each class, in the order of the classes.

    Pixels that touch, at corners too, are one component.

    Args:
        labels: label map of shape (h, w).
        rule: which pixels become which boxes.

    Returns:
        The objects: truncated where they touch the edge of the image, difficult where tiny.

    Examples:
        >>> rule = BoxRule({'car': 8}, min_area=2, difficult_area=4, difficult_side=1)
        >>> [item] = find_boxes(np.array([[0, 8, 0], [8, 0, 0], [0, 0, 8]]), rule)
        >>> item.box, item.difficult, item.truncated
        ((0, 0, 1, 1), True, True)
    """
    height, width = labels.shape
    objects = []
    for name, label in rule.classes.items():
        mask = (labels == label).astype(np.uint8)
        stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:]  # 0: all the rest
        for x, y, w, h, area in sorted(stats.tolist()):
            if area < rule.min_area:
                continue
            box = (x, y, x + w - 1, y + h - 1)
            truncated = x == 0 or y == 0 or x + w == width or y + h == height
            difficult = area < rule.difficult_area or min(w, h) < rule.difficult_side
            objects.append(VOCObject(name, box, truncated=truncated, difficult=difficult))
    return objects
