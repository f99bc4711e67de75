"""Textures: waves and noise of a period, with grain or without, painted into an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState

__all__ = ['MIXED', 'SHAPED', 'Kind', 'band_noise', 'blend', 'paint', 'stripes']

# Directions, in degrees, of the sine waves that are summed.
WAVES = {'horizontal': (90.0,), 'vertical': (0.0,), 'checks': (45.0, 135.0)}
JITTER = 20.0
PERIODS = (2.5, 8.0)


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


def stripes(
    texture: str, covered: np.ndarray, kind: Kind, period: float, rng: RandomState
) -> np.ndarray:
    """Sum of the sine waves of a texture, beneath the grain of its kind.

    Their phases are random; one common turn leads away from the axes.
    """
    rows, columns = np.nonzero(covered)
    turn = rng.uniform(-JITTER, JITTER)
    wave = np.zeros(len(rows))
    for direction in np.deg2rad(np.array(WAVES[texture]) + turn):
        travel = np.cos(direction) * columns + np.sin(direction) * rows
        wave += np.sin(2 * np.pi * travel / period + rng.uniform(0, 2 * np.pi))
    return _beneath_grain(wave, kind, rng)


def band_noise(covered: np.ndarray, kind: Kind, rng: RandomState) -> np.ndarray:
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


def paint(
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
    blend(image, cover, colour + wave[:, None] * tint)


def blend(image: np.ndarray, cover: np.ndarray, colours: np.ndarray) -> None:
    """Mix one colour, or one per covered pixel, into the image in place."""
    covered = cover > 0
    below = image[covered]
    image[covered] = below + cover[covered][:, None] * (colours - below)
