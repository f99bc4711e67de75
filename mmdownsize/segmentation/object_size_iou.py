"""IoU of a class by the size of its objects: what downsizing costs the small ones."""

from collections.abc import Sequence

import cv2
import numpy as np
from mmengine.evaluator import BaseMetric
from mmseg.registry import METRICS

EDGES = (64, 256, 1024, 4096)


@METRICS.register_module()
class ObjectSizeIoU(BaseMetric):
    """IoU of each class, whole and over its objects of each size.

    An object is a connected component, corners included. A pixel of the class counts by the size
    of the true object that it is in; one that is wrongly predicted, by the size of the predicted
    object that it is in. So the intersections and the unions of all sizes add up to the class's.

    Args:
        edges: numbers of pixels at which the sizes are parted, growing.
        ignore_index: label of pixels that do not count.
        collect_device: as in `BaseMetric`.
        prefix: as in `BaseMetric`.

    Raises:
        ValueError: the edges do not grow, or are not above 0.

    Example:
        >>> ObjectSizeIoU(edges=(64, 256)).names
        ['<64', '64-255', '>=256']
    """

    def __init__(
        self,
        edges: Sequence[int] = EDGES,
        *,
        ignore_index: int = 255,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device, prefix)
        if not edges or list(edges) != sorted(set(edges)) or edges[0] <= 0:
            raise ValueError(f'edges are numbers of pixels that grow from above 0, got {edges}')
        self.edges = tuple(edges)
        self.ignore_index = ignore_index
        between = [f'{low}-{high - 1}' for low, high in zip(edges, edges[1:], strict=False)]
        self.names = [f'<{edges[0]}', *between, f'>={edges[-1]}']

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Count the pixels of a batch: an array (classes, sizes, 2) for each image."""
        for sample in data_samples:
            predicted, labels = (
                sample[name]['data'].squeeze().cpu().numpy()
                for name in ('pred_sem_seg', 'gt_sem_seg')
            )
            self.results.append(self.count(predicted, labels))

    def count(self, predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Count intersections and unions of one image.

        Args:
            predicted: classes of shape (h, w).
            labels: true classes of the same shape, or `ignore_index`.

        Returns:
            int64 of shape (classes, sizes, 2).
        """
        counted = labels != self.ignore_index
        counts = np.zeros((len(self.dataset_meta['classes']), len(self.names), 2), np.int64)
        for label, sizes in enumerate(counts):
            truth, guess = labels == label, (predicted == label) & counted
            by_truth, by_guess = self._sizes(truth), self._sizes(guess)
            sizes[:, 0] = self._histogram(by_truth[truth & guess])
            sizes[:, 1] = self._histogram(by_truth[truth]) + self._histogram(
                by_guess[guess & ~truth]
            )
        return counts

    def compute_metrics(self, results: list[np.ndarray]) -> dict[str, float]:
        """Divide: IoU in percent, NaN where a size does not occur, with the name of each class."""
        total = np.sum(results, axis=0)
        metrics = {}
        for name, sizes in zip(self.dataset_meta['classes'], total, strict=True):
            metrics[f'IoU/{name}'] = _percent(*sizes.sum(axis=0))
            for size, (intersection, union) in zip(self.names, sizes, strict=True):
                metrics[f'IoU/{name}/{size}'] = _percent(intersection, union)
        return metrics

    def _sizes(self, mask: np.ndarray) -> np.ndarray:
        """Give each pixel the number of the size of the component that it is in."""
        _, components, stats, _ = cv2.connectedComponentsWithStats(
            mask.astype(np.uint8), connectivity=8
        )
        areas = stats[:, cv2.CC_STAT_AREA]
        return np.searchsorted(self.edges, areas, side='right')[components]

    def _histogram(self, sizes: np.ndarray) -> np.ndarray:
        return np.bincount(sizes, minlength=len(self.names))


def _percent(intersection: int, union: int) -> float:
    return 100.0 * intersection / union if union else float('nan')
