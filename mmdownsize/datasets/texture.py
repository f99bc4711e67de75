"""Write the texture sets: generated images whose classes differ in texture, in VOC layout."""

from __future__ import annotations

import hashlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from numpy.random import RandomState

from .made_set import make_once
from .texture_scene import CLASSES, MIXTURE_CLASSES, draw_labels, draw_scene
from .voc_writer import (
    VOCObject,
    format_annotation,
    make_folders,
    write_id_lists,
    write_image,
    write_labels,
)

__all__ = ['make_texture_set']

STAMP = 'texture.json'
VERSION = 1  # of the drawing: to be raised with every change to what a seed gives


def make_texture_set(
    out: str | Path,
    *,
    seed: int = 0,
    train: int = 400,
    val: int = 120,
    size: int = 300,
    mixture: bool = False,
    average_grain: float | None = None,
    overwrite: bool = False,
    jobs: int = 1,
) -> dict:
    """Write a texture set, or keep the one that is there if it was made with the same values.

    It has boxes and label maps, in `Annotations/` and `SegmentationClass/`. It is written beside
    its place and moved there when it is complete. An image depends on the seed, the size, its split
    and its number alone.

    Args:
        out: folder that will hold `VOC2007/` and the stamp `texture.json`.
        seed: seed of the images, at least 0.
        train: number of images for training, at least 1.
        val: number of images for validation, at least 1.
        size: height and width of the images in pixels, at least 160.
        mixture: draw fine textures and grainy ones, on any shape (`MIXTURE_CLASSES`), instead of
            the six textured shapes (`TEXTURE_CLASSES`).
        average_grain: of the mixture, scale to which images will be downsized: the same set, but
            that grain is averaged beforehand, as area averaging would. The nearest pixel of it is
            then what an interpolator gives that is told where the grain is.
        overwrite: replace a set that was made with other values.
        jobs: processes that draw, at least 1. The set is the same with any number of them.

    Returns:
        What the stamp holds (`parameters`, `counts` of objects by split and class, `digest` of
        pixels and annotations before JPEG coding) and `kept`: whether the set was there already.

    Raises:
        ValueError: if a number is out of range, or grain is to be averaged where there is none.
        FileExistsError: if the folder holds other things, or a set made with other values.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     stamp = make_texture_set(f'{folder}/texture', train=2, val=1, size=160)
        ...     again = make_texture_set(f'{folder}/texture', train=2, val=1, size=160)
        >>> stamp['kept'], again['kept'], stamp['digest'] == again['digest']
        (False, True, True)
    """
    ranges = (('seed', seed, 0), ('train', train, 1), ('val', val, 1), ('jobs', jobs, 1))
    for name, value, least in ranges:
        if value < least:
            raise ValueError(f'{name} should be at least {least}, but got {value}')
    parameters = {'version': VERSION, 'seed': seed, 'train': train, 'val': val, 'size': size}
    parameters |= {'mixture': True} if mixture else {}
    if average_grain is not None:
        if not mixture:
            raise ValueError(
                'average_grain needs mixture=True (--mixture): the texture set has no grain'
            )
        parameters['average_grain'] = average_grain
    return make_once(
        out,
        parameters,
        lambda folder: _write_set(folder, parameters, jobs),
        kind='texture set',
        stamp=STAMP,
        label_maps=True,
        overwrite=overwrite,
    )


def _write_set(folder: Path, parameters: dict, jobs: int) -> dict:
    """Write images, annotations and id lists; give what the stamp tells of them."""
    make_folders(folder, 'SegmentationClass')
    digest, ids, counts = hashlib.sha256(), {}, {}
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        for number, split in enumerate(('train', 'val')):
            indices = range(parameters[split])
            ids[split] = [_name(split, index) for index in indices]
            write = partial(_write_image, folder, parameters, number, split)
            written = pool.map(write, indices, chunksize=8) if pool else map(write, indices)
            tally: Counter[str] = Counter()
            for content, names in written:
                digest.update(content)
                tally.update(names)
            counts[split] = {name: tally[name] for name in _classes(parameters)}
    write_id_lists(folder, ids)
    return {'counts': counts, 'digest': digest.hexdigest()}


def _write_image(
    folder: Path, parameters: dict, number: int, split: str, index: int
) -> tuple[bytes, list[str]]:
    """Write one image and its annotation; give the bytes of both and the names of the objects."""
    rng = RandomState([parameters['seed'], number, index])
    size, classes = parameters['size'], _classes(parameters)
    average_grain = parameters.get('average_grain')
    image, objects = draw_scene(size, rng, classes=classes, average_grain=average_grain)
    entries = [VOCObject(item.name, item.box) for item in objects]
    image_id = _name(split, index)
    annotation = format_annotation(image_id, image.shape, entries)
    write_image(folder / 'VOC2007/JPEGImages' / f'{image_id}.jpg', image)
    (folder / 'VOC2007/Annotations' / f'{image_id}.xml').write_bytes(annotation)
    labels = draw_labels(size, objects, classes)
    write_labels(folder / 'VOC2007/SegmentationClass' / f'{image_id}.png', labels)
    return image.tobytes() + annotation, [item.name for item in objects]


def _classes(parameters: dict) -> tuple[str, ...]:
    return MIXTURE_CLASSES if parameters.get('mixture') else CLASSES


def _name(split: str, index: int) -> str:
    return f'{split}_{index:05d}'
