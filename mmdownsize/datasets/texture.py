"""Write the texture set: generated images whose classes differ in fine texture, in VOC layout."""

from __future__ import annotations

import hashlib
import json
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from numpy.random import RandomState

from .texture_scene import CLASSES, TextureObject, draw_scene
from .voc_files import check_voc_files

__all__ = ['make_texture_set']

STAMP = 'texture.json'
VERSION = 1  # of the drawing: to be raised with every change to what a seed gives
JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)


def make_texture_set(
    out: str | Path,
    *,
    seed: int = 0,
    train: int = 400,
    val: int = 120,
    size: int = 300,
    overwrite: bool = False,
) -> dict:
    """Write the texture set, or keep the one that is there if it was made with the same values.

    The set is written beside its place and moved there when it is complete. An image depends on
    the seed, the size, its split and its number alone.

    Args:
        out: folder that will hold `VOC2007/` and the stamp `texture.json`.
        seed: seed of the images, at least 0.
        train: number of images for training, at least 1.
        val: number of images for validation, at least 1.
        size: height and width of the images in pixels, at least 160.
        overwrite: replace a set that was made with other values.

    Returns:
        What the stamp holds (`parameters`, `counts` of objects by split and class, `digest` of
        pixels and annotations before JPEG coding) and `kept`: whether the set was there already.

    Raises:
        ValueError: if a number is out of range.
        FileExistsError: if the folder holds other things, or a set made with other values.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     stamp = make_texture_set(f'{folder}/texture', train=2, val=1, size=160)
        ...     again = make_texture_set(f'{folder}/texture', train=2, val=1, size=160)
        >>> stamp['kept'], again['kept'], stamp['digest'] == again['digest']
        (False, True, True)
    """
    for name, value, least in (('seed', seed, 0), ('train', train, 1), ('val', val, 1)):
        if value < least:
            raise ValueError(f'{name} should be at least {least}, but got {value}')
    parameters = {'version': VERSION, 'seed': seed, 'train': train, 'val': val, 'size': size}
    out = Path(out).resolve()
    stamp = _read_stamp(out, parameters, overwrite)
    if stamp is not None:
        return {**stamp, 'kept': True}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f'.{out.name}-', dir=out.parent) as workshop:
        stamp = _write_set(Path(workshop, 'set'), parameters)
        if (out / STAMP).exists():
            out.rename(Path(workshop, 'replaced'))
        Path(workshop, 'set').rename(out)
    return {**stamp, 'kept': False}


def _read_stamp(out: Path, parameters: dict, overwrite: bool) -> dict | None:
    """The stamp of the set to keep, or None if the place is free or to be overwritten."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    if not (out / STAMP).is_file():
        raise FileExistsError(
            f'{out} exists and is no texture set, as it has no {STAMP}; choose another folder or '
            'remove it'
        )
    stamp = json.loads((out / STAMP).read_text(encoding='utf-8'))
    if stamp['parameters'] == parameters:
        try:
            for split in ('train', 'val'):
                check_voc_files(*_voc_paths(out, split))
            return stamp
        except (FileNotFoundError, ValueError):
            pass  # files were removed since: the same set is written again
    elif not overwrite:
        raise FileExistsError(
            f'{out} holds a texture set made with {stamp["parameters"]}, but {parameters} are '
            'asked for; choose another folder, or pass overwrite=True (--overwrite)'
        )
    return None


def _voc_paths(out: Path, split: str) -> tuple[str, str]:
    return str(out / 'VOC2007/ImageSets/Main' / f'{split}.txt'), str(out / 'VOC2007')


def _write_set(folder: Path, parameters: dict) -> dict:
    """Write images, annotations, id lists and, last, the stamp."""
    for name in ('JPEGImages', 'Annotations', 'ImageSets/Main'):
        (folder / 'VOC2007' / name).mkdir(parents=True)
    digest, ids, counts = hashlib.sha256(), {}, {}
    for number, split in enumerate(('train', 'val')):
        ids[split] = [f'{split}_{index:05d}' for index in range(parameters[split])]
        tally: Counter[str] = Counter()
        for index, image_id in enumerate(ids[split]):
            rng = RandomState([parameters['seed'], number, index])
            image, objects = draw_scene(parameters['size'], rng)
            annotation = _format_annotation(image_id, image.shape, objects)
            _write_image(folder / 'VOC2007/JPEGImages' / f'{image_id}.jpg', image)
            (folder / 'VOC2007/Annotations' / f'{image_id}.xml').write_bytes(annotation)
            digest.update(image.tobytes() + annotation)
            tally.update(item.name for item in objects)
        counts[split] = {name: tally[name] for name in CLASSES}
    ids['trainval'] = ids['train'] + ids['val']
    for split, names in ids.items():
        lines = ''.join(f'{name}\n' for name in names)
        (folder / 'VOC2007/ImageSets/Main' / f'{split}.txt').write_text(lines, encoding='utf-8')
    stamp = {'parameters': parameters, 'counts': counts, 'digest': digest.hexdigest()}
    (folder / STAMP).write_text(json.dumps(stamp, indent=2) + '\n', encoding='utf-8')
    return stamp


def _write_image(path: Path, image: np.ndarray) -> None:
    """Write a JPEG that keeps fine texture: quality 95, colour at full resolution."""
    if not cv2.imwrite(str(path), image, JPEG):
        raise OSError(f'{path} could not be written; is there room on the disk?')


def _format_annotation(
    image_id: str, shape: tuple[int, ...], objects: list[TextureObject]
) -> bytes:
    """The annotation of one image as VOC has it: pixels counted from 1, last pixel included."""
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
        ET.SubElement(entry, 'truncated').text = '0'
        ET.SubElement(entry, 'difficult').text = '0'
        box = ET.SubElement(entry, 'bndbox')
        for name, edge in zip(('xmin', 'ymin', 'xmax', 'ymax'), item.box, strict=True):
            ET.SubElement(box, name).text = str(edge + 1)
    ET.indent(root)
    return ET.tostring(root) + b'\n'
