"""Interpolators compared."""

from .picture import draw_comparison

__all__ = ['draw_comparison']
