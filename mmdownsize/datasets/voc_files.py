"""Check that the files of a data set in VOC layout are in place before anything reads them."""

from __future__ import annotations

import os

from .local_files import check_listed, read_names

__all__ = ['check_voc_files']


def check_voc_files(
    id_list: str, root: str, *, images: str = 'JPEGImages', annotations: str = 'Annotations'
) -> list[str]:
    """Check the folders, the id list, and the image and annotation of each listed id.

    Each folder is listed once, however many ids there are.

    Args:
        id_list: path of the text file with one image id per line.
        root: folder that holds the images and the annotations, such as `data/VOCdevkit/VOC2007`.
        images: name of the folder of the images, `<id>.jpg`, within `root`.
        annotations: name of the folder of the annotations, `<id>.xml`, within `root`.

    Returns:
        The ids in the order of the list.

    Raises:
        FileNotFoundError: naming the first path that is missing and the layout expected.
        ValueError: if the list has no id.

    Examples:
        >>> check_voc_files('nowhere/ImageSets/Main/train.txt', 'nowhere')
        Traceback (most recent call last):
        FileNotFoundError: nowhere: this folder is missing. The layout expected is ...
    """
    folders = {os.path.join(root, images): '.jpg', os.path.join(root, annotations): '.xml'}
    for folder in (root, *folders):
        if not os.path.isdir(folder):
            raise FileNotFoundError(f'{folder}: this folder is missing. {_advice()}')
    if not os.path.isfile(id_list):
        raise FileNotFoundError(f'{id_list}: this list of image ids is missing. {_advice()}')
    ids = read_names(id_list, 'image id', 'write the ids to it or make the data set anew')
    for folder, suffix in folders.items():
        check_listed(folder, [f'{name}{suffix}' for name in ids], id_list, advice=_advice())
    return ids


def _advice() -> str:
    return (
        'The layout expected is <data_root>/VOC2007/{JPEGImages,Annotations,ImageSets/Main}. Link '
        'or download the data set to that place, or set data_root to where it is; the texture set '
        'is made by: python tools/make_texture_set.py, the boxes of CamVid by: python '
        'tools/make_camvid_boxes.py'
    )
