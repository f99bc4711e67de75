"""Make a detection set in VOC layout out of CamVid's label maps."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .component_boxes import BoxRule, find_boxes
from .made_set import make_once
from .seg_files import check_folders, check_pairs, find_images
from .voc_writer import format_annotation, make_folders, write_id_lists, write_image

__all__ = ['CAMVID_BOXES', 'make_camvid_boxes']

STAMP = 'camvid_boxes.json'
VERSION = 1  # of the rule: to be raised with every change to the boxes that values give
SPLITS = ('train', 'val')
CAMVID_BOXES = {'car': 8, 'pedestrian': 9, 'bicyclist': 10, 'sign': 6, 'pole': 2}


def make_camvid_boxes(
    source: str | Path,
    target: str | Path,
    *,
    classes: Mapping[str, int] = CAMVID_BOXES,
    min_area: int = 10,
    difficult_area: int = 100,
    difficult_side: int = 4,
    overwrite: bool = False,
) -> dict:
    """Box the connected components of label maps; keep the set that is there if it is the same.

    Pixels of a class that touch, at corners too, are one object: cars that cover each other share
    a box, and one behind a pole has two. JPEG images are copied byte by byte; others are coded as
    JPEG of quality 95. The set is written beside its place and moved there when it is complete.

    Args:
        source: folder that holds `img_dir/{train,val}` and `ann_dir/{train,val}`.
        target: folder that will hold `VOC2007/` and the stamp `camvid_boxes.json`.
        classes: see `BoxRule`.
        min_area: see `BoxRule`.
        difficult_area: see `BoxRule`.
        difficult_side: see `BoxRule`.
        overwrite: replace a set that was made with other values.

    Returns:
        What the stamp holds (`parameters`, and `counts`: for each split and class its `boxes`, and
        how many of them are `difficult`) and `kept`: whether the set was there already.

    Raises:
        FileNotFoundError: if a folder or the label map of an image is missing.
        TypeError: if a number is no whole number.
        ValueError: if a number is out of range, a split has no image, two images have the same
            name, or a label map does not fit its image.
        FileExistsError: if the target holds other things, or a set made with other values.

    Examples:
        >>> make_camvid_boxes('nowhere', 'data/camvid_det')
        Traceback (most recent call last):
        FileNotFoundError: nowhere...
    """
    rule = BoxRule(dict(classes), min_area, difficult_area, difficult_side)
    files = {split: _find_files(Path(source), split) for split in SPLITS}
    names = Counter(image.stem for images in files.values() for image in images)
    repeated = [name for name, count in names.items() if count > 1]
    if repeated:
        raise ValueError(
            f'{source}: images should have different names, as VOC puts those of train and val '
            f'into one folder, but {repeated[0]} comes {names[repeated[0]]} times; rename them'
        )
    counts = {f'{split}_images': len(images) for split, images in files.items()}
    return make_once(
        target,
        {'version': VERSION, **counts, 'label_maps': _digest(files), **vars(rule)},
        lambda folder: _write_set(folder, files, rule),
        kind='set of CamVid boxes',
        stamp=STAMP,
        overwrite=overwrite,
    )


def _find_files(source: Path, split: str) -> dict[Path, Path]:
    """The label map of each image of a split."""
    images, labels = source / 'img_dir' / split, source / 'ann_dir' / split
    check_folders(str(images), str(labels))
    endings = {path.suffix for path in images.iterdir()}
    suffix = next((ending for ending in ('.jpg', '.png') if ending in endings), None)
    if suffix is None:
        raise ValueError(
            f'{images}: images should be .jpg or .png, but the files there end with '
            f'{sorted(endings)}; convert them'
        )
    names = find_images(str(images), suffix)
    check_pairs(str(images), str(labels), names, img_suffix=suffix, seg_map_suffix='.png')
    return {images / f'{name}{suffix}': labels / f'{name}.png' for name in names}


def _digest(files: Mapping[str, dict[Path, Path]]) -> str:
    """Digest the label maps, which the boxes follow from."""
    digest = hashlib.sha256()
    for labels in files.values():
        for path in labels.values():
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _write_set(folder: Path, files: Mapping[str, dict[Path, Path]], rule: BoxRule) -> dict:
    """Write images, annotations and id lists; give what the stamp tells of them."""
    make_folders(folder)
    counts = {}
    for split, pairs in files.items():
        counts[split] = {name: {'boxes': 0, 'difficult': 0} for name in rule.classes}
        for image, label in pairs.items():
            labels = _read_labels(label, image)
            objects = find_boxes(labels, rule)
            for item in objects:
                counts[split][item.name]['boxes'] += 1
                counts[split][item.name]['difficult'] += item.difficult
            annotation = format_annotation(image.stem, (*labels.shape, 3), objects)
            (folder / f'VOC2007/Annotations/{image.stem}.xml').write_bytes(annotation)
            _copy_image(image, folder / f'VOC2007/JPEGImages/{image.stem}.jpg')
    write_id_lists(folder, {split: [image.stem for image in files[split]] for split in files})
    return {'counts': counts}


def _read_labels(path: Path, image: Path) -> np.ndarray:
    """The label map of an image, checked against its size."""
    try:
        with Image.open(path) as stored, Image.open(image) as picture:
            labels, size = np.asarray(stored), picture.size[::-1]
    except OSError as error:
        raise OSError(f'{path}, {image}: one cannot be decoded: {error}; copy it anew') from None
    if labels.shape != size:
        raise ValueError(
            f'{path}: a label map should be {size[0]}x{size[1]}, height x width of its image '
            f'{image}, with one number per pixel, but its shape is {labels.shape}; make them equal'
        )
    return labels


def _copy_image(image: Path, target: Path) -> None:
    if image.suffix == '.jpg':
        shutil.copyfile(image, target)
        return
    pixels = cv2.imread(str(image))
    if pixels is None:
        raise OSError(f'{image} cannot be decoded; copy it anew')
    write_image(target, pixels)
