"""Check the files of a data set in COCO layout, and what its annotation file holds."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .class_names import check_class_names
from .local_files import check_listed

__all__ = ['check_coco_content', 'check_coco_files']

KEYS = {
    'categories': {'id', 'name'},
    'images': {'id', 'file_name', 'height', 'width'},
    'annotations': {'id', 'image_id', 'category_id', 'bbox', 'area'},
}


def check_coco_files(ann_file: str, images: str) -> None:
    """Check that the annotation file and the folder of the images are there.

    Args:
        ann_file: path of the annotation file.
        images: path of the folder of the images.

    Raises:
        FileNotFoundError: naming the path that is missing and the layout expected.

    Examples:
        >>> check_coco_files('nowhere/annotations/instances_val2017.json', 'nowhere/val2017')
        Traceback (most recent call last):
        FileNotFoundError: nowhere/val2017: this folder is missing. The layout expected is ...
    """
    if not os.path.isdir(images):
        raise FileNotFoundError(f'{images}: this folder is missing. {_advice()}')
    if not os.path.isfile(ann_file):
        raise FileNotFoundError(f'{ann_file}: this annotation file is missing. {_advice()}')


def check_coco_content(
    content: dict,
    ann_file: str,
    classes: Sequence[str],
    *,
    images: str | None = None,
    unlabelled: bool = False,
) -> None:
    """Check what an annotation file holds: its keys, its classes, and the images that it lists.

    Args:
        content: the annotation file, parsed.
        ann_file: its path, for the messages.
        classes: names of the classes to load.
        images: folder that should have the images; None leaves them unchecked.
        unlabelled: accept a file without annotations, as COCO's `image_info_test-dev2017.json` is.

    Raises:
        FileNotFoundError: if an image is not in its folder.
        TypeError: if `classes` is one string.
        ValueError: if a key is missing, there is no image, a class is none of the categories, the
            classes come in another order than in the file, or no annotation has one of them.
    """
    for section, keys in KEYS.items():
        if section in content or section != 'annotations' or not unlabelled:
            _check_section(content, section, keys, ann_file)
    if not content['images']:
        raise ValueError(
            f'{ann_file} should list images, but its list "images" is empty; export it anew or set '
            'ann_file to another file'
        )
    _check_classes(content['categories'], classes, ann_file)
    if content.get('annotations') or not unlabelled:
        _check_labels(content, classes, ann_file)
    if images is not None:
        names = [image['file_name'] for image in content['images']]
        check_listed(images, names, ann_file, advice=_advice())


def _check_section(content: dict, section: str, keys: set[str], ann_file: str) -> None:
    """Check one list of the file, and the keys of its entries."""
    hint = 'set ann_file to an instances file of COCO format'
    if section == 'annotations':
        hint += '; a file without annotations serves for testing only (test_mode=True)'
    if not isinstance(content.get(section), list):
        raise ValueError(
            f'{ann_file} should hold a list "{section}", but its keys are {sorted(content)} and '
            f'that one is {type(content.get(section)).__name__}; {hint}'
        )
    for index, entry in enumerate(content[section]):
        if not isinstance(entry, dict) or not keys <= entry.keys():
            lacking = sorted(keys - set(entry if isinstance(entry, dict) else ()))
            raise ValueError(
                f'{ann_file}: {section}[{index}] should have the keys {sorted(keys)}, but lacks '
                f'{lacking}; add them or {hint}'
            )


def _check_classes(categories: list[dict], classes: Sequence[str], ann_file: str) -> None:
    """Check that each class is one category, and that labels will carry their names."""
    check_class_names(classes)
    names = [category['name'] for category in categories]
    unknown = [name for name in classes if name not in names]
    if unknown:
        raise ValueError(
            f'{ann_file} should have each class among its categories, but {unknown} are not: they '
            f'are {names}; set metainfo=dict(classes=...) to names among them'
        )
    ordered = [name for name in names if name in classes]
    if ordered != list(classes):
        # MMDetection counts labels in the order of the file, and names them in that of the classes.
        raise ValueError(
            f'{ann_file} should have the classes {list(classes)} once each and in this order, but '
            f'its categories have {ordered}, so that labels would be misnamed; set '
            'metainfo=dict(classes=...) to the order of the file'
        )


def _check_labels(content: dict, classes: Sequence[str], ann_file: str) -> None:
    """Check that an annotation has one of the classes."""
    names = {category['id']: category['name'] for category in content['categories']}
    labels = {annotation['category_id'] for annotation in content['annotations']}
    found = sorted({str(names.get(label, label)) for label in labels})
    if not set(found) & set(classes):
        raise ValueError(
            f'{ann_file}: none of its {len(content["annotations"])} annotations has one of the '
            f'classes {tuple(classes)}; their categories are {found}; set '
            'metainfo=dict(classes=...) to names among them'
        )


def _advice() -> str:
    return (
        'The layout expected is <data_root>/{annotations/instances_train2017.json,train2017,...}. '
        'Link or download the data set to that place, or set data_root, ann_file and '
        'data_prefix=dict(img=...) to where it is'
    )
