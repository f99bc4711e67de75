"""Draw one image of a texture set: objects on a cluttered background.

The six classes of the texture set share three shapes and three fine textures. Every shape carries
two of the textures and every texture is carried by two of the shapes, so neither of them alone
names the class. All textures have the same distribution of period, contrast and colour; what tells
them apart is the direction in which the brightness oscillates.

The four classes of the mixture are textures alone, on any shape: stripes in two directions, fine
ones and coarse ones beneath grain. What keeps the fine ones, taking single pixels, keeps the grain,
too; what blurs the grain away blurs the fine ones with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import RandomState

from .polygons import CORNERS, coverage, draw_line, irregular_outline, shape_outline
from .texture_kinds import MIXED, SHAPED, Kind, band_noise, blend, paint, stripes

__all__ = ['CLASSES', 'MIXTURE_CLASSES', 'TextureObject', 'draw_labels', 'draw_scene']

CLASSES = (
    'disc_horizontal',
    'disc_vertical',
    'bar_vertical',
    'bar_checks',
    'triangle_checks',
    'triangle_horizontal',
)
MIXTURE_CLASSES = ('fine_horizontal', 'fine_vertical', 'grainy_horizontal', 'grainy_vertical')
SIDES = (60.0, 130.0)
SMALLEST_SCENE = 160


@dataclass(frozen=True)
class TextureObject:
    """One object of a scene.

    Args:
        name: its class.
        box: (x1, y1, x2, y2), indices of the first and the last pixel that the object covers by
            half or more, counted from 0.
        period: wavelength of the texture in pixels.
        outline: (x, y) of the corners of the convex polygon that it is.
    """

    name: str
    box: tuple[int, int, int, int]
    period: float
    outline: tuple[tuple[float, float], ...]


def draw_scene(
    size: int,
    rng: RandomState,
    *,
    classes: tuple[str, ...] = CLASSES,
    names: tuple[str, ...] | None = None,
    average_grain: float | None = None,
) -> tuple[np.ndarray, list[TextureObject]]:
    """Draw a cluttered background and one to five objects that do not cover each other.

    Args:
        size: height and width of the image in pixels, at least 160.
        rng: source of all randomness; a `RandomState`, whose stream numpy keeps unchanged.
        classes: `CLASSES` or `MIXTURE_CLASSES`.
        names: classes of the objects to place; by default drawn at random. An object for which no
            free place is found is left out; the first always finds one.
        average_grain: scale, in (0, 1], to which images will be downsized: where there is grain,
            each pixel becomes the average of what an output pixel around it will cover. None: the
            grain stays.

    Returns:
        The uint8 image of shape (size, size, 3) and its objects.

    Raises:
        ValueError: if the size is too small, a name is unknown or the scale is out of range.

    Examples:
        >>> image, objects = draw_scene(200, RandomState(0), names=('disc_vertical',))
        >>> image.shape, [item.name for item in objects]
        ((200, 200, 3), ['disc_vertical'])
    """
    if size < SMALLEST_SCENE:
        raise ValueError(
            f'size should be at least {SMALLEST_SCENE} pixels, so that the largest object has '
            f'room, but got {size}; pass a larger size'
        )
    unknown = sorted(set(names or ()) - set(classes))
    if unknown:
        raise ValueError(f'names should be among {classes}, but got {unknown}')
    if average_grain is not None and not 0 < average_grain <= 1:
        raise ValueError(
            f'average_grain should be a scale in (0, 1], as 0.3, but got {average_grain}'
        )
    if names is None:
        names = tuple(classes[rng.randint(len(classes))] for _ in range(rng.randint(1, 6)))
    kinds = [SHAPED] if classes == CLASSES else list(MIXED.values())
    grain = np.zeros((size, size, 1))
    image = _draw_background(size, kinds, grain, rng)
    taken = np.zeros((size, size), dtype=bool)
    objects = [_place(image, grain, taken, name, rng) for name in names]
    image += rng.normal(0.0, rng.uniform(2.0, 5.0), image.shape)
    image = _to_uint8(image)
    if average_grain is not None:
        averaged = _averaged(image.astype(np.float64), 1 / average_grain)
        image = _to_uint8(image + grain * (averaged - image))
    return image, [item for item in objects if item is not None]


def draw_labels(
    size: int, objects: list[TextureObject], classes: tuple[str, ...] = CLASSES
) -> np.ndarray:
    """Draw the label map of a scene.

    Args:
        size: height and width of the scene in pixels.
        objects: what `draw_scene` has placed.
        classes: as `draw_scene` was given them.

    Returns:
        The uint8 map of shape (size, size): 0 where there is no object, and 1 + the index of its
        class where one covers half of a pixel or more.

    Examples:
        >>> _, objects = draw_scene(200, RandomState(0), names=('bar_checks',))
        >>> np.unique(draw_labels(200, objects)).tolist()
        [0, 4]
    """
    labels = np.zeros((size, size), np.uint8)
    for item in objects:
        labels[coverage(np.array(item.outline), size) >= 0.5] = 1 + classes.index(item.name)
    return labels


def _draw_background(
    size: int, kinds: list[Kind], grain: np.ndarray, rng: RandomState
) -> np.ndarray:
    """Gradient, flat polygons, lines and patches of directionless texture of these kinds."""
    rows, columns = np.mgrid[:size, :size].astype(np.float64) / size
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (np.cos(angle) * columns + np.sin(angle) * rows)[..., None]
    image = rng.uniform(60, 195, 3) + ramp * rng.uniform(-60, 60, 3)
    for _ in range(rng.randint(4, 9)):
        cover = coverage(irregular_outline(size, rng), size) * rng.uniform(0.3, 1.0)
        blend(image, cover, rng.uniform(40, 215, 3))
    for _ in range(rng.randint(3, 8)):
        blend(image, draw_line(size, rng), rng.uniform(40, 215, 3))
    for _ in range(rng.randint(2, 5)):
        cover = coverage(irregular_outline(size, rng), size)
        # Of one kind, nothing is drawn: the texture set stays what its seeds have always given.
        kind = kinds[rng.randint(len(kinds)) if len(kinds) > 1 else 0]
        noise = band_noise(cover > 0, kind, rng)
        paint(image, cover, noise, rng.uniform(90, 165, 3), kind, rng)
        blend(grain, cover, _has_grain(kind))
    return image


def _place(
    image: np.ndarray, grain: np.ndarray, taken: np.ndarray, name: str, rng: RandomState
) -> TextureObject | None:
    """Paint one object where nothing stands yet, in place; None if 40 trials find no room."""
    shape, kind, texture = _traits(name, rng)
    size = len(image)
    for _ in range(40):
        outline = shape_outline(shape, np.exp(rng.uniform(*np.log(SIDES))), rng)
        outline += rng.uniform(1 - outline.min(0), size - 2 - outline.max(0))
        cover = coverage(outline, size)
        if taken[cover > 0].any():
            continue
        taken |= cover > 0
        period = float(np.exp(rng.uniform(*np.log(kind.periods))))
        wave = stripes(texture, cover > 0, kind, period, rng)
        paint(image, cover, wave, _contrasting_colour(image, cover, rng), kind, rng)
        blend(grain, cover, _has_grain(kind))
        rows, columns = np.nonzero(cover >= 0.5)
        box = (columns.min(), rows.min(), columns.max(), rows.max())
        corners = tuple(map(tuple, outline.tolist()))
        return TextureObject(name, tuple(int(edge) for edge in box), period, corners)
    return None


def _traits(name: str, rng: RandomState) -> tuple[str, Kind, str]:
    """Shape, kind of texture and direction of an object; where no class names it, any shape."""
    first, texture = name.split('_')
    if first in CORNERS:
        return first, SHAPED, texture
    return list(CORNERS)[rng.randint(len(CORNERS))], MIXED[first], texture


def _has_grain(kind: Kind) -> float:
    """Share of a pixel that grain takes, where it is covered by this kind of texture."""
    return float(kind.in_grain is not None)


def _averaged(image: np.ndarray, side: float) -> np.ndarray:
    """Average around each pixel over a square of this side, 1 pixel or more."""
    reach = int(np.ceil((side - 1) / 2))
    covered = np.clip((side + 1) / 2 - np.abs(np.arange(-reach, reach + 1)), 0, 1)
    return cv2.sepFilter2D(image, -1, *[covered / side] * 2, borderType=cv2.BORDER_REPLICATE)


def _contrasting_colour(image: np.ndarray, cover: np.ndarray, rng: RandomState) -> np.ndarray:
    """A colour that differs from the mean of what it will cover."""
    covered = cover > 0
    below = np.average(image[covered], axis=0, weights=cover[covered])
    colours = rng.uniform(90, 165, (20, 3))
    differing = np.abs(colours - below).max(1) > 35
    return colours[np.argmax(differing)]


def _to_uint8(image: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
