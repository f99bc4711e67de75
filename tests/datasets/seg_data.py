"""A small segmentation set: noise, and label maps of it."""

from pathlib import Path

import cv2
import numpy as np

CLASSES = ('road', 'car', 'tree')


def write_pair(
    root: Path,
    name: str,
    labels: np.ndarray,
    *,
    split: str = 'train',
    size: tuple[int, int] | None = None,
    suffix: str = '.jpg',
) -> None:
    """Write one label map, and an image of its size or another."""
    image = root / f'img_dir/{split}/{name}{suffix}'
    label = root / f'ann_dir/{split}/{name}.png'
    for path in (image, label):
        path.parent.mkdir(parents=True, exist_ok=True)
    shape = (*(size or labels.shape[:2]), 3)
    pixels = np.random.RandomState(labels.size).randint(0, 256, shape, dtype=np.uint8)
    assert cv2.imwrite(str(image), pixels) and cv2.imwrite(str(label), labels)


def write_seg_set(root: Path, *, train: int = 3, val: int = 2) -> Path:
    """Write label maps of 20x30 pixels: classes 0 to 2, and 255 in one corner."""
    for split, number in (('train', train), ('val', val)):
        for index in range(number):
            labels = np.random.RandomState(index).randint(0, 3, (20, 30), dtype=np.uint8)
            labels[:3, :3] = 255
            write_pair(root, f'{split}_{index}', labels, split=split)
    return root
