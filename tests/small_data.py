"""Small data sets for the tests, made of the texture set."""

import itertools
import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

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


def write_segmentation(voc_root: Path, target: Path) -> None:
    """Write a texture set as small VOC 2012, Cityscapes and CamVid: boxes as label maps."""
    voc = voc_root / 'VOC2007'
    voc12, city, camvid = (target / f for f in ('VOCdevkit/VOC2012', 'cityscapes', 'camvid'))
    folders = [  # of images and of label maps, and how their names end
        (voc12 / 'JPEGImages', '.jpg', voc12 / 'SegmentationClass', '.png'),
        (camvid / 'img_dir/{split}', '.jpg', camvid / 'ann_dir/{split}', '.png'),
        (city / 'leftImg8bit/{split}/a', '_leftImg8bit.png')
        + (city / 'gtFine/{split}/a', '_gtFine_labelTrainIds.png'),
    ]
    lists = voc12 / 'ImageSets/Segmentation'
    lists.mkdir(parents=True)
    for split in ('train', 'val'):
        names = (voc / f'ImageSets/Main/{split}.txt').read_text().split()
        for name in names:
            image = cv2.imread(str(voc / f'JPEGImages/{name}.jpg'))
            labels = np.zeros(image.shape[:2], np.uint8)
            labels[:9] = 255
            for entry in ET.parse(voc / f'Annotations/{name}.xml').iterfind('object'):
                x1, y1, x2, y2 = _corners(entry)
                labels[y1:y2, x1:x2] = 1 + TEXTURE_CLASSES.index(entry.findtext('name'))
            for images, image_suffix, maps, map_suffix in folders:
                for folder, suffix, array in (
                    (images, image_suffix, image),
                    (maps, map_suffix, labels),
                ):
                    path = Path(str(folder).format(split=split), f'{name}{suffix}')
                    path.parent.mkdir(parents=True, exist_ok=True)
                    cv2.imwrite(str(path), array)
        (lists / f'{split}.txt').write_text('\n'.join(names))
    shutil.copytree(voc12 / 'SegmentationClass', voc12 / 'SegmentationClassAug')
    first, *others = (lists / 'train.txt').read_text().split()
    (lists / 'train.txt').write_text(first)
    (lists / 'aug.txt').write_text('\n'.join(others))


def _corners(entry: ET.Element) -> tuple[int, ...]:
    edges = ('xmin', 'ymin', 'xmax', 'ymax')
    return tuple(int(entry.findtext(f'bndbox/{edge}')) - 1 for edge in edges)


def _annotation(entry: ET.Element, polygons: bool) -> dict:
    x1, y1, x2, y2 = _corners(entry)
    annotation = dict(bbox=[x1, y1, x2 - x1, y2 - y1], area=(x2 - x1) * (y2 - y1), iscrowd=0)
    if polygons:
        annotation['segmentation'] = [[x1, y1, x2, y1, x2, y2, x1, y2]]
    return annotation
