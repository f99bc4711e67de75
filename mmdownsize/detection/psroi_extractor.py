"""The RoI extractor that reads position-sensitive maps."""

from collections.abc import Sequence

from mmdet.models.roi_heads.roi_extractors import BaseRoIExtractor
from mmdet.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class PSRoIExtractor(BaseRoIExtractor):
    """Extract RoI features from one map, by a RoI layer out of mmdet's model registry.

    mmdet's own ``SingleRoIExtractor`` looks for RoI layers in ``mmcv.ops`` alone, casts the
    boxes to the dtype of the features, where those of a large image lose whole pixels in half
    precision, and cuts the graph when there are no RoIs. This one does none of the three.

    Args:
        roi_layer: config of the layer, such as :class:`PSRoIAlign`, without its scale.
        out_channels: channels of the RoI features.
        featmap_strides: stride of the map, in a list of one, in pixels of the image.
        init_cfg: initialisation as in mmengine.

    Raises:
        ValueError: if there is not exactly one stride.

    Example:
        >>> import torch
        >>> extractor = PSRoIExtractor(dict(type='PSRoIAlign', output_size=7), 10, [16])
        >>> rois = torch.tensor([[0, 8.0, 8.0, 40.0, 56.0]])
        >>> extractor((torch.rand(1, 490, 4, 4),), rois).shape
        torch.Size([1, 10, 7, 7])

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017),
    section 3.2.
    """

    def build_roi_layers(self, layer_cfg: dict, featmap_strides: Sequence[int]) -> nn.ModuleList:
        """Build the layer, at the scale of its map."""
        if len(featmap_strides) != 1:
            raise ValueError(
                f'PSRoIExtractor reads one map, got featmap_strides={list(featmap_strides)}: '
                f'give the stride of the thin map alone, such as [16]'
            )
        layer = MODELS.build({'spatial_scale': 1 / featmap_strides[0], **layer_cfg})
        return nn.ModuleList([layer])

    def forward(
        self, feats: Sequence[Tensor], rois: Tensor, roi_scale_factor: float | None = None
    ) -> Tensor:
        """Pool the RoIs from the first map; see :func:`ps_roi_align`.

        Args:
            feats: maps, the first of which is read, shape (N, C, H, W).
            rois: shape (R, 5): image index, then xyxy box in pixels of the image.
            roi_scale_factor: enlarges the RoIs about their centres.
        """
        if roi_scale_factor is not None:
            rois = self.roi_rescale(rois, roi_scale_factor)
        return self.roi_layers[0](feats[0], rois)
