"""A data set in VOC layout whose files are checked before training starts."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import ElementTree

from mmdet.datasets import VOCDataset
from mmdet.registry import DATASETS

from .class_names import check_class_names
from .local_files import is_local
from .voc_files import check_voc_files

__all__ = ['VOCFolderDataset']


@DATASETS.register_module()
class VOCFolderDataset(VOCDataset):
    """MMDetection's `VOCDataset`, which says what is missing, and in which place.

    It also corrects the table that `VOCMetric` prints: upstream takes the class names of every
    folder called VOC2007 for those of Pascal VOC, so that the classes of another set would be
    listed as aeroplane, bicycle and so on.

    Args:
        train_on_difficult: teach objects that are marked difficult like all others, as SSD and
            RefineDet were released; MMDetection ignores them. A test ignores them in any case.
        **kwargs: as for `VOCDataset`: `data_root`, `ann_file`, `data_prefix`, `metainfo`, ...

    Raises:
        FileNotFoundError: if a folder, the id list, an image or an annotation is missing.
        TypeError: if the classes are one string.
        ValueError: if the id list is empty, no object has one of the classes, or a class is named
            twice.

    Examples:
        >>> import tempfile
        >>> from mmdownsize.datasets import TEXTURE_CLASSES, make_texture_set
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = make_texture_set(folder, train=2, val=1, size=160)
        ...     dataset = VOCFolderDataset(
        ...         data_root=folder,
        ...         ann_file='VOC2007/ImageSets/Main/train.txt',
        ...         data_prefix=dict(sub_data_root='VOC2007/'),
        ...         metainfo=dict(classes=TEXTURE_CLASSES),
        ...     )
        >>> len(dataset)
        2
    """

    def __init__(self, *, train_on_difficult: bool = False, **kwargs: Any) -> None:
        self.train_on_difficult = train_on_difficult
        super().__init__(**kwargs)
        if tuple(self._metainfo['classes']) != VOCDataset.METAINFO['classes']:
            self._metainfo['dataset_type'] = None

    def load_data_list(self) -> list[dict]:
        """Check the files, then load the annotations.

        Returns:
            The annotation of each listed image.

        Raises:
            FileNotFoundError: if a folder, the id list, an image or an annotation is missing.
            TypeError: if the classes are one string.
            ValueError: if the id list is empty, no object has one of the classes, or a class is
                named twice.
        """
        check_class_names(self._metainfo['classes'])
        if is_local(self.ann_file, self.backend_args):
            check_voc_files(
                self.ann_file,
                self.sub_data_root,
                images=self.img_subdir,
                annotations=self.ann_subdir,
            )
        data_list = super().load_data_list()
        if not any(item['instances'] for item in data_list):
            raise ValueError(
                f'{self.ann_file}: none of the {len(data_list)} images listed has an object of '
                f'the classes {self._metainfo["classes"]}; set metainfo=dict(classes=...) to the '
                'names in the annotations'
            )
        return data_list

    def _parse_instance_info(self, raw_ann_info: ElementTree, minus_one: bool = True) -> list[dict]:
        if self.train_on_difficult and not self.test_mode:
            for mark in raw_ann_info.iterfind('object/difficult'):
                mark.text = '0'
        return super()._parse_instance_info(raw_ann_info, minus_one)
