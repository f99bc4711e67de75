"""What the two steps of RefineDet share."""

from mmdet.models import SSDHead


class RefineDetStep(SSDHead):
    """MMDetection's ``SSDHead`` with its loss divided by the positives of the batch.

    Upstream counts at least one positive in each image; RefineDet's release, at least one in all.
    The rest is the same: softmax with three hard negatives to a positive of their image, and
    smooth L1.
    """

    loss_cls = None  # stock prediction looks it up, and SSDHead has none

    def get_targets(self, *args, **kwargs) -> tuple:
        """Give the targets of ``AnchorHead.get_targets``, the last of them the divisor."""
        labels, *targets, _ = super().get_targets(*args, **kwargs)
        positives = sum(int((level < self.num_classes).sum()) for level in labels)
        return labels, *targets, max(1, positives)
