"""Write what a data set in VOC layout consists of: folders, images, annotations, lists of ids."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

__all__ = [
    'VOCObject',
    'format_annotation',
    'make_folders',
    'write_id_lists',
    'write_image',
    'write_labels',
]

JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)


@dataclass(frozen=True)
class VOCObject:
    """One object of an annotation.

    Args:
        name: its class.
        box: (x1, y1, x2, y2), indices of its first and its last pixel, counted from 0.
        truncated: whether it goes on outside the image.
        difficult: whether a detector is neither taught nor asked to find it.
    """

    name: str
    box: tuple[int, int, int, int]
    truncated: bool = False
    difficult: bool = False


def make_folders(folder: Path, *more: str) -> None:
    """Make the folders of a set: `VOC2007/{JPEGImages,Annotations,ImageSets/Main}`, and more."""
    for name in ('JPEGImages', 'Annotations', 'ImageSets/Main', *more):
        (folder / 'VOC2007' / name).mkdir(parents=True)


def write_id_lists(folder: Path, ids: Mapping[str, Sequence[str]]) -> None:
    """Write one list of image ids per split, and `trainval` of all of them."""
    every = [name for names in ids.values() for name in names]
    for split, names in {**ids, 'trainval': every}.items():
        lines = ''.join(f'{name}\n' for name in names)
        (folder / f'VOC2007/ImageSets/Main/{split}.txt').write_text(lines, encoding='utf-8')


def write_image(path: Path, image: np.ndarray) -> None:
    """Write a JPEG that keeps fine texture: quality 95, colour at full resolution."""
    if not cv2.imwrite(str(path), image, JPEG):
        raise OSError(f'{path} could not be written; is there room on the disk?')


def write_labels(path: Path, labels: np.ndarray) -> None:
    """Write a label map as a PNG of one channel."""
    if not cv2.imwrite(str(path), labels):
        raise OSError(f'{path} could not be written; is there room on the disk?')


def format_annotation(
    image_id: str, shape: tuple[int, int, int], objects: Sequence[VOCObject]
) -> bytes:
    """Give the XML of one image as VOC has it: pixels counted from 1, last pixel included.

    Args:
        image_id: name of the image, without suffix.
        shape: (height, width, channels).
        objects: what is on it.

    Examples:
        >>> text = format_annotation('1', (9, 9, 3), [VOCObject('cat', (0, 0, 4, 8))])
        >>> [edge.text for edge in ET.fromstring(text).find('object/bndbox')]
        ['1', '1', '5', '9']
    """
    root = ET.Element('annotation')
    ET.SubElement(root, 'folder').text = 'VOC2007'
    ET.SubElement(root, 'filename').text = f'{image_id}.jpg'
    size = ET.SubElement(root, 'size')
    for name, value in zip(('height', 'width', 'depth'), shape, strict=True):
        ET.SubElement(size, name).text = str(value)
    ET.SubElement(root, 'segmented').text = '0'
    for item in objects:
        entry = ET.SubElement(root, 'object')
        ET.SubElement(entry, 'name').text = item.name
        ET.SubElement(entry, 'pose').text = 'Unspecified'
        ET.SubElement(entry, 'truncated').text = str(int(item.truncated))
        ET.SubElement(entry, 'difficult').text = str(int(item.difficult))
        box = ET.SubElement(entry, 'bndbox')
        for name, edge in zip(('xmin', 'ymin', 'xmax', 'ymax'), item.box, strict=True):
            ET.SubElement(box, name).text = str(edge + 1)
    ET.indent(root)
    return ET.tostring(root) + b'\n'
