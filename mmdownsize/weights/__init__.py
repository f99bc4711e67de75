"""Trained interpolators that come with the package: ``mmdownsize://NAME``."""

from .registry import available_weights, build_pretrained, describe_weights, load_weights

__all__ = ['available_weights', 'build_pretrained', 'describe_weights', 'load_weights']
