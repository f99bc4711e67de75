"""A labelled picture of the texture classes, at full size and as 0.3x downsizing leaves them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import RandomState

from .texture_scene import CLASSES, TextureObject, draw_scene

__all__ = ['draw_contact_sheet']

TILE = 140
RESIZINGS = {
    'area': cv2.INTER_AREA,
    'bilinear': cv2.INTER_LINEAR,
    'nearest': cv2.INTER_NEAREST_EXACT,
}


def draw_contact_sheet(
    seed: int,
    *,
    classes: tuple[str, ...] = CLASSES,
    size: int = 300,
    samples: int = 2,
    scale: float = 0.3,
) -> np.ndarray:
    """Draw one row per class: each sample at full size, then downsized and enlarged again.

    Args:
        seed: seed of the samples.
        classes: `CLASSES` or `MIXTURE_CLASSES` of the texture scenes.
        size: height and width in pixels of the scenes that the samples are cut from.
        samples: objects per class.
        scale: downsizing factor, in (0, 1].

    Returns:
        The uint8 picture of shape (h, w, 3).

    Examples:
        >>> draw_contact_sheet(0, samples=1).shape
        (960, 560, 3)
    """
    rows = []
    for label, name in enumerate(classes):
        rng = RandomState([seed, label])
        scenes = [draw_scene(size, rng, classes=classes, names=(name,)) for _ in range(samples)]
        tiles = [tile for scene in scenes for tile in _sample_tiles(*scene, scale)]
        heading = ' | '.join([f'{name}: full', *(f'{scale:g}x {way}' for way in RESIZINGS)])
        rows += [_heading(heading, TILE * len(tiles)), np.hstack(tiles)]
    return np.vstack(rows)


def _sample_tiles(
    image: np.ndarray, objects: list[TextureObject], scale: float
) -> list[np.ndarray]:
    """One object at full size and once per way of resizing, all as tiles of the same size."""
    (item,) = objects
    size = len(image)
    x = int(np.clip((item.box[0] + item.box[2] - TILE) // 2, 0, size - TILE))
    y = int(np.clip((item.box[1] + item.box[3] - TILE) // 2, 0, size - TILE))
    window = (slice(y, y + TILE), slice(x, x + TILE))
    tiles = [image[window]]
    for interpolation in RESIZINGS.values():
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=interpolation)
        tiles.append(cv2.resize(small, (size, size), interpolation=cv2.INTER_NEAREST)[window])
    return tiles


def _heading(text: str, width: int) -> np.ndarray:
    band = np.full((20, width, 3), 255, dtype=np.uint8)
    cv2.putText(band, text, (4, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return band
