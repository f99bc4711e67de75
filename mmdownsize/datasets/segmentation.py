"""Segmentation sets of two folders whose files are checked before training starts."""

from __future__ import annotations

import os

from mmseg.datasets import BaseSegDataset, CityscapesDataset, PascalVOCDataset
from mmseg.registry import DATASETS

from .class_names import check_class_names
from .local_files import is_local
from .seg_files import check_folders, check_list, check_pairs, find_images

__all__ = ['CityscapesFolderDataset', 'SegFolderDataset', 'VOC12FolderDataset']


@DATASETS.register_module()
class SegFolderDataset(BaseSegDataset):
    """MMSegmentation's `BaseSegDataset`, which says what is missing, and in which place.

    Each sample carries `num_classes` and `ignore_index`, so that the transform `CheckLabels` knows
    which labels it may hold.

    Args:
        **kwargs: as for `BaseSegDataset`: `data_root`, `data_prefix`, `metainfo` with the classes,
            `img_suffix`, `seg_map_suffix`, `ann_file`, ...

    Raises:
        FileNotFoundError: if a folder, the list of a split, an image of it, or the label map of an
            image is missing. In testing (`test_mode=True`) `data_prefix` may name no label maps.
        TypeError: if the classes or a suffix are of another type than they should be.
        ValueError: if there is no image, no class, or no folder is named.

    Examples:
        >>> SegFolderDataset(
        ...     data_root='nowhere',
        ...     data_prefix=dict(img_path='img_dir/train', seg_map_path='ann_dir/train'),
        ...     metainfo=dict(classes=('road', 'car')))
        Traceback (most recent call last):
        FileNotFoundError: nowhere/img_dir/train: this folder is missing. The layout expected ...
    """

    def load_data_list(self) -> list[dict]:
        """Check the settings and the files, then list the samples.

        Returns:
            The paths of each sample, with `num_classes` and `ignore_index`.

        Raises:
            FileNotFoundError: as the class.
            TypeError: as the class.
            ValueError: as the class.
        """
        self._check_settings()
        if self._is_local():
            self._check_files()
        data_list = super().load_data_list()
        if not data_list:
            raise ValueError(
                f'{self.data_prefix["img_path"]}: no file ends with img_suffix='
                f'{self.img_suffix!r}; set img_suffix or data_prefix to where the images are'
            )
        for item in data_list:
            item['num_classes'] = len(self._metainfo['classes'])
            item['ignore_index'] = self.ignore_index
        return data_list

    def _check_settings(self) -> None:
        required = ['img_path'] if self.test_mode else ['img_path', 'seg_map_path']
        if not all(name in self.data_prefix for name in required):
            raise ValueError(
                f'data_prefix should name the folders {required}, but got {self.data_prefix}; '
                'write data_prefix=dict(img_path="img_dir/train", seg_map_path="ann_dir/train")'
            )
        classes = self._metainfo.get('classes')
        if not classes:
            raise ValueError(
                f'metainfo should name the classes in the order of their labels, but got '
                f'classes={classes!r}; write metainfo=dict(classes=("road", "car"))'
            )
        check_class_names(classes)
        for name in ('img_suffix', 'seg_map_suffix'):
            if not isinstance(getattr(self, name), str):
                raise TypeError(
                    f'{name} should be one string such as ".png", but got {getattr(self, name)!r}; '
                    'give data of several suffixes as several data sets'
                )

    def _check_files(self) -> None:
        images, labels = (self.data_prefix.get(name) for name in ('img_path', 'seg_map_path'))
        check_folders(images, labels)
        if self.ann_file and not os.path.isdir(self.ann_file):
            names = check_list(self.ann_file, images, self.img_suffix)
        else:
            names = find_images(images, self.img_suffix)
        if labels is not None:
            suffixes = dict(img_suffix=self.img_suffix, seg_map_suffix=self.seg_map_suffix)
            check_pairs(images, labels, names, **suffixes)

    def _is_local(self) -> bool:
        paths = (self.ann_file, *self.data_prefix.values())
        return all(is_local(path, self.backend_args) for path in paths if path is not None)


@DATASETS.register_module()
class VOC12FolderDataset(SegFolderDataset, PascalVOCDataset):
    """MMSegmentation's Pascal VOC 2012, checked as `SegFolderDataset` checks.

    Args:
        **kwargs: as for `PascalVOCDataset`: `ann_file`, `data_root`, `data_prefix`, ...

    Raises:
        FileNotFoundError: as `SegFolderDataset`.

    Examples:
        >>> VOC12FolderDataset(
        ...     data_root='nowhere',
        ...     data_prefix=dict(img_path='JPEGImages', seg_map_path='SegmentationClass'),
        ...     ann_file='ImageSets/Segmentation/train.txt')
        Traceback (most recent call last):
        FileNotFoundError: nowhere/JPEGImages: this folder is missing. The layout expected ...
    """


@DATASETS.register_module()
class CityscapesFolderDataset(SegFolderDataset, CityscapesDataset):
    """MMSegmentation's Cityscapes, checked as `SegFolderDataset` checks.

    Args:
        **kwargs: as for `CityscapesDataset`: `data_root`, `data_prefix`, ...

    Raises:
        FileNotFoundError: as `SegFolderDataset`.

    Examples:
        >>> CityscapesFolderDataset(
        ...     data_root='nowhere',
        ...     data_prefix=dict(img_path='leftImg8bit/train', seg_map_path='gtFine/train'))
        Traceback (most recent call last):
        FileNotFoundError: nowhere/leftImg8bit/train: this folder is missing. The layout ...
    """
