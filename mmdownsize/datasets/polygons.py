"""Convex polygons and lines, as the share of each pixel that they cover."""

from __future__ import annotations

import numpy as np
from numpy.random import RandomState

__all__ = ['CORNERS', 'coverage', 'draw_line', 'irregular_outline', 'shape_outline']

CORNERS = {'disc': 48, 'bar': 4, 'triangle': 3}
ASPECTS = {'disc': (0.85, 1.0), 'bar': (0.3, 0.45), 'triangle': (0.85, 1.0)}


def shape_outline(shape: str, side: float, rng: RandomState) -> np.ndarray:
    """Corners (n, 2) as (x, y), turned at random, the longer side of their box being `side`."""
    angles = 2 * np.pi * (np.arange(CORNERS[shape]) + 0.5) / CORNERS[shape]
    return _turned(angles, rng.uniform(*ASPECTS[shape]), side, rng)


def irregular_outline(size: int, rng: RandomState) -> np.ndarray:
    """A long convex polygon with uneven corners anywhere in the image."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.randint(5, 9)))
    outline = _turned(angles, rng.uniform(0.3, 0.7), rng.uniform(40, 160), rng)
    return outline + rng.uniform(0, size, 2)


def _turned(angles: np.ndarray, aspect: float, side: float, rng: RandomState) -> np.ndarray:
    """Points of a turned ellipse at these angles, scaled to the longer side of their box."""
    turn = rng.uniform(0, 2 * np.pi)
    points = np.stack([np.cos(angles), aspect * np.sin(angles)], 1)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = points[:, :1] * rotation[0] + points[:, 1:] * rotation[1]
    return points * side / (points.max(0) - points.min(0)).max()


def coverage(outline: np.ndarray, size: int) -> np.ndarray:
    """Share of each pixel that a convex polygon covers, from the distance to its nearest edge."""
    cover = np.zeros((size, size))
    low = np.clip(np.floor(outline.min(0)).astype(int) - 1, 0, size)
    high = np.clip(np.ceil(outline.max(0)).astype(int) + 2, 0, size)
    rows, columns = np.mgrid[low[1] : high[1], low[0] : high[0]]
    distance = np.full(rows.shape, -np.inf)
    for start, end in zip(outline, np.roll(outline, -1, 0), strict=True):
        along = (end - start) / max(np.hypot(*(end - start)), 1e-9)
        outside = along[1] * (columns - start[0]) - along[0] * (rows - start[1])
        distance = np.maximum(distance, outside)
    cover[low[1] : high[1], low[0] : high[0]] = np.clip(0.5 - distance, 0, 1)
    return cover


def draw_line(size: int, rng: RandomState) -> np.ndarray:
    """Share of each pixel that an endless line of 1 to 4 pixels covers."""
    rows, columns = np.mgrid[:size, :size]
    angle, (x, y) = rng.uniform(0, np.pi), rng.uniform(0, size, 2)
    distance = np.abs(np.sin(angle) * (columns - x) - np.cos(angle) * (rows - y))
    return np.clip(rng.uniform(0.5, 2.0) + 0.5 - distance, 0, 1)
