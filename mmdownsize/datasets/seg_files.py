"""Check that images and label maps lie where a segmentation set has them, in pairs."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .local_files import check_listed, find_missing, read_names

__all__ = ['check_folders', 'check_list', 'check_pairs', 'find_images']


def check_folders(images: str, labels: str | None) -> None:
    """Check that the folders of a segmentation set are there.

    Args:
        images: path of the folder of the images.
        labels: path of the folder of the label maps; None if there are none.

    Raises:
        FileNotFoundError: naming the folder that is missing and the layout expected.

    Examples:
        >>> check_folders('nowhere/img_dir/train', 'nowhere/ann_dir/train')
        Traceback (most recent call last):
        FileNotFoundError: nowhere/img_dir/train: this folder is missing. The layout expected ...
    """
    for folder in (images, labels):
        if folder is not None and not os.path.isdir(folder):
            raise FileNotFoundError(f'{folder}: this folder is missing. {_advice()}')


def check_list(path: str, images: str, suffix: str) -> list[str]:
    """Check a list of names, one per line and without suffix, and the image of each.

    Args:
        path: the list.
        images: folder of the images.
        suffix: what is added to a name to give its image.

    Returns:
        The names.

    Raises:
        FileNotFoundError: if the list or an image is missing.
        ValueError: if the list is empty, or a line is blank.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(
            f'{path}: this list of names is missing; set ann_file to the list of a split, or leave '
            "it at '' to take every image of the folder"
        )
    advice = (
        "write the names to it, without suffix, or leave ann_file at '' to take every image of the "
        'folder'
    )
    names = [name.strip() for name in read_names(path, 'name', advice)]
    check_listed(images, [name + suffix for name in names], path, advice=_advice())
    return names


def find_images(images: str, suffix: str) -> list[str]:
    """Give the names, without suffix, of the images in a folder and its sub-folders.

    Args:
        images: the folder.
        suffix: how the file of an image ends.

    Raises:
        ValueError: if no file ends so, telling how they end instead.
    """
    files = _files_below(images)
    names = sorted(file.removesuffix(suffix) for file in files if file.endswith(suffix))
    if names:
        return names
    if not files:
        raise ValueError(f'{images}: this folder holds no file. {_advice()}')
    raise ValueError(
        f'{images}: no file ends with img_suffix={suffix!r}, they are named like {min(files)!r}; '
        'set img_suffix to what follows the name, or rename them'
    )


def check_pairs(
    images: str, labels: str, names: Sequence[str], *, img_suffix: str, seg_map_suffix: str
) -> None:
    """Check that each image has its label map; label maps without image are let through.

    Args:
        images: folder of the images.
        labels: folder of the label maps.
        names: names of the images, relative to their folder and without suffix.
        img_suffix: what is added to a name to give its image.
        seg_map_suffix: what is added to a name to give its label map.

    Raises:
        FileNotFoundError: naming the first label map that is missing, and its image.
        ValueError: if an image would be its own label map.
    """
    if img_suffix == seg_map_suffix and os.path.realpath(images) == os.path.realpath(labels):
        raise ValueError(
            f'{images}: images and label maps should be different files, but both are '
            f'<name>{img_suffix} in this folder; set data_prefix=dict(img_path=..., '
            'seg_map_path=...) or the suffixes apart'
        )
    missing = find_missing(labels, [name + seg_map_suffix for name in names])
    if not missing:
        return
    image = os.path.join(images, missing[0].removesuffix(seg_map_suffix) + img_suffix)
    others = f' (with {len(missing) - 1} more)' if len(missing) > 1 else ''
    files = _files_below(labels) if len(missing) == len(names) else []
    hint = (
        f'Files there are named like {min(files)!r}: set seg_map_suffix to what follows the name, '
        'or rename them. '
        if files
        else ''
    )
    raise FileNotFoundError(
        f'{os.path.join(labels, missing[0])}: label map of {image}, but missing{others}. '
        f'{hint}{_advice()}'
    )


def _files_below(folder: str) -> list[str]:
    """Files of a folder and its sub-folders, relative to it; what is hidden is passed over."""
    return [
        os.path.relpath(os.path.join(parent, file), folder)
        for parent, _, files in os.walk(folder, followlinks=True)
        for file in files
        if not file.startswith('.')
    ]


def _advice() -> str:
    return (
        'The layout expected is that of data_prefix, as <data_root>/{img_dir,ann_dir}/{train,val}, '
        'with a label map <name><seg_map_suffix> for each image <name><img_suffix>. Link or copy '
        'the data set to that place, or tell a config where it is by data_root and '
        'data_prefix=dict(img_path=..., seg_map_path=...)'
    )
