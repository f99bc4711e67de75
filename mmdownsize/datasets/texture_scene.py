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

import numpy as np
from numpy.random import RandomState

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
CORNERS = {'disc': 48, 'bar': 4, 'triangle': 3}
ASPECTS = {'disc': (0.85, 1.0), 'bar': (0.3, 0.45), 'triangle': (0.85, 1.0)}
# Directions, in degrees, of the sine waves that are summed.
WAVES = {'horizontal': (90.0,), 'vertical': (0.0,), 'checks': (45.0, 135.0)}
JITTER = 20.0
PERIODS = (2.5, 8.0)
SIDES = (60.0, 130.0)
SMALLEST_SCENE = 160


@dataclass(frozen=True)
class Kind:
    """What the textures of one kind have in common.

    Args:
        periods: range of their wavelengths in pixels.
        contrasts: range of the standard deviations in grey levels.
        in_grain: range of the standard deviation of the wave as a share of that of the grain that
            lies over it, pixel by pixel; None without grain.
    """

    periods: tuple[float, float]
    contrasts: tuple[float, float] = (15.0, 32.0)
    in_grain: tuple[float, float] | None = None


SHAPED = Kind(PERIODS)
MIXED = {
    'fine': Kind((2.5, 5.0)),
    'grainy': Kind((12.0, 24.0), contrasts=(50.0, 60.0), in_grain=(0.18, 0.33)),
}


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
) -> tuple[np.ndarray, list[TextureObject]]:
    """Draw a cluttered background and one to five objects that do not cover each other.

    Args:
        size: height and width of the image in pixels, at least 160.
        rng: source of all randomness; a `RandomState`, whose stream numpy keeps unchanged.
        classes: `CLASSES` or `MIXTURE_CLASSES`.
        names: classes of the objects to place; by default drawn at random. An object for which no
            free place is found is left out; the first always finds one.

    Returns:
        The uint8 image of shape (size, size, 3) and its objects.

    Raises:
        ValueError: if the size is too small or a name is unknown.

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
    if names is None:
        names = tuple(classes[rng.randint(len(classes))] for _ in range(rng.randint(1, 6)))
    kinds = [SHAPED] if classes == CLASSES else list(MIXED.values())
    image = _draw_background(size, kinds, rng)
    taken = np.zeros((size, size), dtype=bool)
    objects = [_place(image, taken, name, rng) for name in names]
    image += rng.normal(0.0, rng.uniform(2.0, 5.0), image.shape)
    return _to_uint8(image), [item for item in objects if item is not None]


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
        labels[_coverage(np.array(item.outline), size) >= 0.5] = 1 + classes.index(item.name)
    return labels


def _draw_background(size: int, kinds: list[Kind], rng: RandomState) -> np.ndarray:
    """Gradient, flat polygons, lines and patches of directionless texture of these kinds."""
    rows, columns = np.mgrid[:size, :size].astype(np.float64) / size
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (np.cos(angle) * columns + np.sin(angle) * rows)[..., None]
    image = rng.uniform(60, 195, 3) + ramp * rng.uniform(-60, 60, 3)
    for _ in range(rng.randint(4, 9)):
        cover = _coverage(_irregular_outline(size, rng), size) * rng.uniform(0.3, 1.0)
        _blend(image, cover, rng.uniform(40, 215, 3))
    for _ in range(rng.randint(3, 8)):
        _blend(image, _draw_line(size, rng), rng.uniform(40, 215, 3))
    for _ in range(rng.randint(2, 5)):
        cover = _coverage(_irregular_outline(size, rng), size)
        # Of one kind, nothing is drawn: the texture set stays what its seeds have always given.
        kind = kinds[rng.randint(len(kinds)) if len(kinds) > 1 else 0]
        noise = _band_noise(cover > 0, kind, rng)
        _paint(image, cover, noise, rng.uniform(90, 165, 3), kind, rng)
    return image


def _place(
    image: np.ndarray, taken: np.ndarray, name: str, rng: RandomState
) -> TextureObject | None:
    """Paint one object where nothing stands yet, in place; None if 40 trials find no room."""
    shape, kind, texture = _traits(name, rng)
    size = len(image)
    for _ in range(40):
        outline = _outline(shape, np.exp(rng.uniform(*np.log(SIDES))), rng)
        outline += rng.uniform(1 - outline.min(0), size - 2 - outline.max(0))
        cover = _coverage(outline, size)
        if taken[cover > 0].any():
            continue
        taken |= cover > 0
        period = float(np.exp(rng.uniform(*np.log(kind.periods))))
        wave = _beneath_grain(_wave(texture, cover > 0, period, rng), kind, rng)
        _paint(image, cover, wave, _contrasting_colour(image, cover, rng), kind, rng)
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


def _outline(shape: str, side: float, rng: RandomState) -> np.ndarray:
    """Corners (n, 2) as (x, y), turned at random, the longer side of their box being `side`."""
    angles = 2 * np.pi * (np.arange(CORNERS[shape]) + 0.5) / CORNERS[shape]
    return _turned(angles, rng.uniform(*ASPECTS[shape]), side, rng)


def _irregular_outline(size: int, rng: RandomState) -> np.ndarray:
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


def _coverage(outline: np.ndarray, size: int) -> np.ndarray:
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


def _draw_line(size: int, rng: RandomState) -> np.ndarray:
    """Share of each pixel that an endless line of 1 to 4 pixels covers."""
    rows, columns = np.mgrid[:size, :size]
    angle, (x, y) = rng.uniform(0, np.pi), rng.uniform(0, size, 2)
    distance = np.abs(np.sin(angle) * (columns - x) - np.cos(angle) * (rows - y))
    return np.clip(rng.uniform(0.5, 2.0) + 0.5 - distance, 0, 1)


def _wave(texture: str, covered: np.ndarray, period: float, rng: RandomState) -> np.ndarray:
    """Sum of the sine waves of a texture: random phases, one common turn away from its axes."""
    rows, columns = np.nonzero(covered)
    turn = rng.uniform(-JITTER, JITTER)
    wave = np.zeros(len(rows))
    for direction in np.deg2rad(np.array(WAVES[texture]) + turn):
        travel = np.cos(direction) * columns + np.sin(direction) * rows
        wave += np.sin(2 * np.pi * travel / period + rng.uniform(0, 2 * np.pi))
    return wave


def _band_noise(covered: np.ndarray, kind: Kind, rng: RandomState) -> np.ndarray:
    """Noise with the periods and the grain of a kind of texture, and no direction."""
    rows, columns = np.nonzero(covered)
    side = 162  # the largest patch; a wider one would only repeat itself
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    period = np.exp(rng.uniform(*np.log(kind.periods)))
    band = np.abs(np.log(np.maximum(frequency, 1e-9) * period)) < 0.15
    noise = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(side, side))) * band, (side, side))
    return _beneath_grain(noise[rows % side, columns % side], kind, rng)


def _beneath_grain(wave: np.ndarray, kind: Kind, rng: RandomState) -> np.ndarray:
    """Lay the grain of a kind over a wave that is given at the covered pixels."""
    if kind.in_grain is None:
        return wave
    # A patch that lies outside the image covers no pixel.
    deviation = max(np.sqrt((wave**2).sum() / max(wave.size, 1)), 1e-9)
    return rng.uniform(*kind.in_grain) / deviation * wave + rng.normal(size=wave.size)


def _contrasting_colour(image: np.ndarray, cover: np.ndarray, rng: RandomState) -> np.ndarray:
    """A colour that differs from the mean of what it will cover."""
    covered = cover > 0
    below = np.average(image[covered], axis=0, weights=cover[covered])
    colours = rng.uniform(90, 165, (20, 3))
    differing = np.abs(colours - below).max(1) > 35
    return colours[np.argmax(differing)]


def _paint(
    image: np.ndarray,
    cover: np.ndarray,
    wave: np.ndarray,
    colour: np.ndarray,
    kind: Kind,
    rng: RandomState,
) -> None:
    """Cover a part of the image, in place, by a colour and a wave given at the covered pixels.

    Mean and standard deviation of the wave are brought to 0 and 1 inside the part itself, so that
    neither depends on the texture, its phase or the shape.
    """
    weight = cover[cover > 0] / max(cover.sum(), 1e-9)
    wave = wave - (weight * wave).sum()
    wave = wave / np.sqrt(max((weight * wave**2).sum(), 1e-9))
    tint = 1 + 0.3 * rng.normal(size=3)
    tint *= rng.uniform(*kind.contrasts) / np.sqrt((tint**2).mean())
    _blend(image, cover, colour + wave[:, None] * tint)


def _blend(image: np.ndarray, cover: np.ndarray, colours: np.ndarray) -> None:
    """Mix one colour, or one per covered pixel, into the image in place."""
    covered = cover > 0
    below = image[covered]
    image[covered] = below + cover[covered][:, None] * (colours - below)


def _to_uint8(image: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
