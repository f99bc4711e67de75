"""The score that counts of each evaluator."""

from dataclasses import dataclass

from mmengine.config import Config


@dataclass(frozen=True)
class Metric:
    """A score, as an evaluator names it.

    Attributes:
        key: its name among all that the evaluator measures.
        title: its name in tables.
        perfect: what a perfect model gets.
    """

    key: str
    title: str
    perfect: float

    def points(self, scores: dict[str, float | None]) -> float:
        """Take it out of an evaluation, in points: 0 to 100.

        Raises:
            ValueError: it is not among them, or was no number.

        Example:
            >>> METRICS['VOCMetric'].points({'pascal_voc/mAP': 0.72})
            72.0
        """
        if scores.get(self.key) is None:
            raise ValueError(f'{self.key} is not among what was measured: {scores}')
        return 100 * scores[self.key] / self.perfect


METRICS = {
    'VOCMetric': Metric('pascal_voc/mAP', 'mAP', 1.0),
    'ClasswiseVOCMetric': Metric('pascal_voc/mAP', 'mAP', 1.0),
    'CocoMetric': Metric('coco/bbox_mAP', 'mAP', 1.0),
    'IoUMetric': Metric('mIoU', 'mIoU', 100.0),
}


def metric_of(config: Config) -> Metric:
    """Name the score that counts in the test of a config.

    Raises:
        ValueError: its evaluator is none of `METRICS`.

    Example:
        >>> metric_of(Config(dict(test_evaluator=dict(type='IoUMetric')))).title
        'mIoU'
    """
    evaluator = config.get('test_evaluator')
    kind = evaluator.get('type') if isinstance(evaluator, dict) else None
    if kind not in METRICS:
        raise ValueError(f'test_evaluator is one of {", ".join(METRICS)}, got {evaluator}')
    return METRICS[kind]
