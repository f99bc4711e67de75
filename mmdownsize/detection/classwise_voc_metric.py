"""VOC average precision, of each class too."""

from mmdet.evaluation import VOCMetric, eval_map
from mmdet.registry import METRICS


@METRICS.register_module()
class ClasswiseVOCMetric(VOCMetric):
    """`VOCMetric`, which prints the average precision of each class, and here returns it as well.

    Args:
        **kwargs: as for `VOCMetric`; what is added is the mean over its `iou_thrs`, of each class
            of which there are objects, as ``AP_<class>``, in [0, 1].

    Example:
        >>> import numpy as np
        >>> metric = ClasswiseVOCMetric(metric='mAP', eval_mode='area')
        >>> metric.dataset_meta = dict(classes=('cell', 'platelet'))
        >>> box, none = np.array([[0., 0., 9., 9.]]), np.zeros((0, 4))
        >>> truth = dict(bboxes=box, labels=np.array([0]), bboxes_ignore=none,
        ...              labels_ignore=np.zeros(0, int))
        >>> found = [np.array([[0., 0., 9., 9., 0.5]]), np.zeros((0, 5))]
        >>> scores = metric.compute_metrics([(truth, found)])
        >>> scores['mAP'], scores['AP_cell'], 'AP_platelet' in scores
        (1.0, 1.0, False)
    """

    def compute_metrics(self, results: list) -> dict:
        """See `VOCMetric.compute_metrics`."""
        scores = super().compute_metrics(results)
        if self.metric != 'mAP':
            return scores
        truths, predictions = zip(*results, strict=True)
        parts = [
            eval_map(
                predictions,
                truths,
                iou_thr=threshold,
                logger='silent',
                eval_mode=self.eval_mode,
                use_legacy_coordinate=True,
            )[1]
            for threshold in self.iou_thrs
        ]
        for name, *found in zip(self.dataset_meta['classes'], *parts, strict=True):
            if found[0]['num_gts']:
                scores[f'AP_{name}'] = float(sum(part['ap'] for part in found) / len(found))
        return scores
