"""A data set in COCO layout whose files are checked before training starts."""

from __future__ import annotations

import json
from collections.abc import Callable

from mmdet.datasets import CocoDataset
from mmdet.datasets.api_wrappers import COCO
from mmdet.registry import DATASETS

from .coco_files import check_coco_content, check_coco_files
from .local_files import is_local

__all__ = ['CocoFolderDataset']


@DATASETS.register_module()
class CocoFolderDataset(CocoDataset):
    """MMDetection's `CocoDataset`, which says what is missing, and in which place.

    The annotation file is parsed once, as upstream does. In testing (`test_mode=True`) it may be
    one without annotations, such as COCO's `image_info_test-dev2017.json`.

    Args:
        **kwargs: as for `CocoDataset`: `data_root`, `ann_file`, `data_prefix`, `metainfo`, ...

    Raises:
        FileNotFoundError: if the folder of the images, the annotation file or an image is missing.
        ValueError: if the annotation file is no JSON of COCO format, lists no image, or does not
            have the classes, in their order.

    Examples:
        >>> CocoFolderDataset(
        ...     data_root='nowhere',
        ...     ann_file='annotations/instances_val2017.json',
        ...     data_prefix=dict(img='val2017/'))
        Traceback (most recent call last):
        FileNotFoundError: nowhere/val2017/: this folder is missing. The layout expected is ...
    """

    def load_data_list(self) -> list[dict]:
        """Check the files, then load the annotations.

        Returns:
            The annotation of each image of the file.

        Raises:
            FileNotFoundError: if the folder of the images, the annotation file or an image is
                missing.
            ValueError: if the annotation file is no JSON of COCO format, lists no image, or does
                not have the classes, in their order, or if none of their boxes can be used.
        """
        if 'img' not in self.data_prefix:
            raise ValueError(
                f'data_prefix should name the folder of the images as dict(img=...), but got '
                f'{self.data_prefix}; for COCO write data_prefix=dict(img="train2017/")'
            )
        if self._is_local():
            check_coco_files(self.ann_file, self.data_prefix['img'])
        data_list = super().load_data_list()
        if not self.test_mode and not any(item['instances'] for item in data_list):
            raise ValueError(
                f'{self.ann_file}: no annotation of the classes {tuple(self._metainfo["classes"])} '
                'has a box that MMDetection keeps; write bbox as (x, y, width, height) in pixels, '
                'at least one pixel wide and high and within its image, and an area above 0'
            )
        return data_list

    def COCOAPI(self, path: str) -> COCO:
        """Parse the annotation file; `CocoDataset` calls this as the class that does it.

        Args:
            path: local copy of the annotation file.

        Raises:
            FileNotFoundError: if an image is missing.
            ValueError: if the file is no JSON, or does not hold what it should.
        """
        try:
            return _CheckedCOCO(path, self._check)
        except (json.JSONDecodeError, UnicodeDecodeError, AssertionError) as error:
            raise ValueError(
                f'{self.ann_file} should be a JSON file of COCO format, but could not be read: '
                f'{error}; download or export it anew'
            ) from None

    def _check(self, content: dict) -> None:
        check_coco_content(
            content,
            self.ann_file,
            self._metainfo['classes'],
            images=self.data_prefix['img'] if self._is_local() else None,
            unlabelled=self.test_mode,
        )

    def _is_local(self) -> bool:
        paths = (self.ann_file, self.data_prefix['img'])
        return all(is_local(path, self.backend_args) for path in paths)


class _CheckedCOCO(COCO):
    """Have the parsed file checked before anything is looked up in it."""

    def __init__(self, path: str, check: Callable[[dict], None]) -> None:
        self._check = check
        super().__init__(path)

    def createIndex(self) -> None:
        self._check(self.dataset)
        super().createIndex()
