"""Small data sets for the tests, made of the texture set."""

import itertools
import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mmdownsize.datasets import TEXTURE_CLASSES


def write_coco(
    voc_root: Path,
    coco_root: Path,
    classes: Mapping[str, str],
    *,
    categories: Iterable[str] | None = None,
    polygons: bool = False,
) -> Path:
    """Write a set in VOC layout once more, in COCO layout.

    Boxes are those that mmdet loads of the VOC set. Image and annotation ids count from 1; category
    ids leave gaps: 1, 4, 7, ...

    Args:
        voc_root: folder that holds `VOC2007`.
        coco_root: folder to make.
        classes: category of each VOC class; objects of others are left out.
        categories: all of the file, in their order; by default those of `classes`.
        polygons: add each box as a segmentation.

    Returns:
        `coco_root`, with `annotations/instances_{train2017,val2017}.json`, `train2017`, `val2017`.
    """
    voc = voc_root / 'VOC2007'
    categories = categories or dict.fromkeys(classes.values())
    ids = {name: 1 + 3 * index for index, name in enumerate(categories)}
    (coco_root / 'annotations').mkdir(parents=True)
    for split in ('train', 'val'):
        folder = coco_root / f'{split}2017'
        folder.mkdir()
        content = dict(images=[], annotations=[])
        content['categories'] = [dict(id=key, name=name) for name, key in ids.items()]
        names = (voc / f'ImageSets/Main/{split}.txt').read_text().split()
        for image_id, name in enumerate(names, 1):
            shutil.copy(voc / f'JPEGImages/{name}.jpg', folder)
            root = ET.parse(voc / f'Annotations/{name}.xml')
            size = {edge: int(root.findtext(f'size/{edge}')) for edge in ('height', 'width')}
            content['images'].append(dict(id=image_id, file_name=f'{name}.jpg', **size))
            for entry in root.iterfind('object'):
                if entry.findtext('name') in classes:
                    annotation = _annotation(entry, polygons)
                    annotation['id'] = len(content['annotations']) + 1
                    annotation['image_id'] = image_id
                    annotation['category_id'] = ids[classes[entry.findtext('name')]]
                    content['annotations'].append(annotation)
        path = coco_root / f'annotations/instances_{split}2017.json'
        path.write_text(json.dumps(content))
    return coco_root


def rename_voc(voc_root: Path, target: Path, names: Sequence[str], **lists: str) -> Path:
    """Copy a texture set under other names of its classes, its lists too: ``val='test'``."""
    shutil.copytree(voc_root, target)
    renamed = dict(zip(TEXTURE_CLASSES, itertools.cycle(names), strict=False))
    for path in (target / 'VOC2007/Annotations').iterdir():
        text = path.read_text()
        for ours, theirs in renamed.items():
            text = text.replace(f'<name>{ours}</name>', f'<name>{theirs}</name>')
        path.write_text(text)
    for ours, theirs in lists.items():
        folder = target / 'VOC2007/ImageSets/Main'
        shutil.copy(folder / f'{ours}.txt', folder / f'{theirs}.txt')
    return target


def _annotation(entry: ET.Element, polygons: bool) -> dict:
    x1, y1, x2, y2 = (
        int(entry.findtext(f'bndbox/{edge}')) - 1 for edge in ('xmin', 'ymin', 'xmax', 'ymax')
    )
    annotation = dict(bbox=[x1, y1, x2 - x1, y2 - y1], area=(x2 - x1) * (y2 - y1), iscrowd=0)
    if polygons:
        annotation['segmentation'] = [[x1, y1, x2, y1, x2, y2, x1, y2]]
    return annotation
