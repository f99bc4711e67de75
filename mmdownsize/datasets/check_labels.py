"""A transform that finds wrong labels before they reach the loss."""

from __future__ import annotations

import os

import numpy as np
from mmcv.transforms import BaseTransform
from mmseg.registry import TRANSFORMS
from PIL import Image

__all__ = ['CheckLabels']
SHOWN = 10  # values that a message names at most


@TRANSFORMS.register_module()
class CheckLabels(BaseTransform):
    """Check that a label map has the size of its image and no label outside the classes.

    In a pipeline it stands right after `LoadAnnotations`, before anything is cropped. It works in
    the workers of a data loader too, and reads no more than the header of the label map again.

    Args:
        num_classes: labels are 0 to this number, less one. By default that of the data set, if it
            is a `SegFolderDataset`; others do not tell.
        ignore_index: label of pixels of no class. By default that of the data set, else 255.

    Raises:
        TypeError: if a number is no whole number.
        ValueError: if `num_classes` is less than 1; and for each label map that is wrong, naming
            its file and its image.

    Examples:
        >>> train_pipeline = [
        ...     dict(type='LoadImageFromFile'),
        ...     dict(type='LoadAnnotations'),
        ...     dict(type='CheckLabels', num_classes=21),
        ...     dict(type='PackSegInputs')]
    """

    def __init__(self, num_classes: int | None = None, ignore_index: int | None = None) -> None:
        for name, value in (('num_classes', num_classes), ('ignore_index', ignore_index)):
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                raise TypeError(f'{name} should be a whole number or None, but got {value!r}')
        if num_classes is not None and num_classes < 1:
            raise ValueError(f'num_classes should be at least 1, but got {num_classes}')
        self.num_classes = num_classes
        self.ignore_index = ignore_index

    def transform(self, results: dict) -> dict:
        """Check the label map of one sample; an image that comes without one passes.

        Args:
            results: with `gt_seg_map`, and the paths and sizes that the loaders leave.

        Returns:
            What came in.

        Raises:
            ValueError: if the label map is not loaded yet, of another size than the image, in
                colour, or holds values outside the classes; or if the number of classes is not
                known.
        """
        if results.get('gt_seg_map') is None:
            if results.get('seg_map_path') is None:
                return results  # an image to predict, as mmseg's inferencers give it
            raise ValueError(
                f'{_image(results)}: its label map is not loaded; put CheckLabels right after '
                'LoadAnnotations'
            )
        _check_size(results)
        _check_depth(results)
        self._check_values(results)
        return results

    def _check_values(self, results: dict) -> None:
        number, ignored = self._labels_of(results)
        labels = results['gt_seg_map']
        outside = labels[((labels < 0) | (labels >= number)) & (labels != ignored)]
        if not outside.size:
            return
        less = ' after reduce_zero_label took 1 off' if results.get('reduce_zero_label') else ''
        raise ValueError(
            f'{_label(results)}: labels should be 0 to {number - 1}, or {ignored} where ignored, '
            f'but this label map of {_image(results)} holds {_values(outside)}{less}; relabel '
            'those pixels, or name every class in metainfo=dict(classes=...) and set num_classes '
            'of the model'
        )

    def _labels_of(self, results: dict) -> tuple[int, int]:
        """The number of classes and the ignored label, of the transform or of the data set."""
        told = results.get('num_classes')
        if self.num_classes is None and told is None:
            raise ValueError(
                f'{_image(results)}: its data set does not tell CheckLabels the number of classes; '
                'write dict(type="CheckLabels", num_classes=...), or use SegFolderDataset'
            )
        if None not in (self.num_classes, told) and self.num_classes != told:
            raise ValueError(
                f'CheckLabels has num_classes={self.num_classes}, but the data set of '
                f'{_image(results)} has {told} classes; leave num_classes out'
            )
        ignored = results.get('ignore_index', 255)
        return told or self.num_classes, ignored if self.ignore_index is None else self.ignore_index


def _check_size(results: dict) -> None:
    """Check that a label map has one value for each pixel of its image as loaded."""
    shape = results['gt_seg_map'].shape
    if len(shape) != 2:
        raise ValueError(
            f'{_label(results)}: a label map should hold one number per pixel, but that of '
            f'{_image(results)} has the shape {shape}, as a picture in colours has; convert the '
            'colours to labels'
        )
    size = tuple(results.get('ori_shape') or results['img'].shape[:2])
    if shape != size:
        raise ValueError(
            f'{_label(results)}: the label map is {shape[0]}x{shape[1]} pixels (height x width), '
            f'but its image {_image(results)} is {size[0]}x{size[1]}; make them equal, or put '
            'CheckLabels right after LoadAnnotations if a transform has cut one'
        )


def _check_depth(results: dict) -> None:
    """Check that no label is beyond the 8 bits that LoadAnnotations keeps: 256 would become 0."""
    path = _label(results)
    if not path.lower().endswith('.png') or not os.path.isfile(path):
        return
    with Image.open(path) as image:
        if not image.mode.startswith('I'):
            return
        stored = np.asarray(image)
    if stored.max() > 255:
        raise ValueError(
            f'{path}: labels should be 0 to 255, but this label map of {_image(results)} holds '
            f'{_values(stored[stored > 255])}, of which LoadAnnotations would keep the lowest 8 '
            'bits; relabel those pixels'
        )


def _label(results: dict) -> str:
    return str(results.get('seg_map_path', 'label map'))


def _image(results: dict) -> str:
    return str(results.get('img_path', 'image'))


def _values(labels: np.ndarray) -> str:
    values = np.unique(labels).tolist()
    return f'{values[:SHOWN]}' + (f' and {len(values) - SHOWN} more' if values[SHOWN:] else '')
