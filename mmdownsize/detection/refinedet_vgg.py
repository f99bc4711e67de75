"""The VGG16 of RefineDet."""

from collections.abc import Sequence

from mmdet.models import SSDVGG
from mmdet.registry import MODELS
from torch import nn

POOL5, FC6 = 30, 31  # where SSDVGG keeps them


@MODELS.register_module()
class RefineDetVGG(SSDVGG):
    """MMDetection's VGG16 of SSD, with RefineDet's own pool5 and fc6.

    SSD's pool5 keeps the resolution (3x3, stride 1) and its fc6 has dilation 6; RefineDet's pool5
    halves it (2x2, stride 2), so that fc6 has dilation 3. The names and shapes of the weights are
    the same, and ``open-mmlab://vgg16_caffe`` fits.

    Args:
        out_feature_indices: layers whose outputs are given; by default conv4_3, conv5_3 and fc7,
            at strides 8, 16, 32 with 512, 512, 1024 channels.
        init_cfg: initialisation as in mmengine.

    Shape:
        (N, 3, H, W) -> (N, 512, H/8, W/8), (N, 512, H/16, W/16), (N, 1024, H/32, W/32), the
        sizes rounded up.

    Example:
        >>> import torch
        >>> c4, c5, fc7 = RefineDetVGG()(torch.rand(1, 3, 64, 64))
        >>> c4.shape, c5.shape, fc7.shape
        (torch.Size([1, 512, 8, 8]), torch.Size([1, 512, 4, 4]), torch.Size([1, 1024, 2, 2]))

    Source: "Single-Shot Refinement Neural Network for Object Detection" (Zhang et al., 2018) and
    its release.
    """

    def __init__(
        self,
        *,
        out_feature_indices: Sequence[int] = (22, 29, 34),
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        super().__init__(16, out_feature_indices=out_feature_indices, init_cfg=init_cfg)
        self.features[POOL5] = nn.MaxPool2d(2, 2, ceil_mode=True)
        self.features[FC6] = nn.Conv2d(512, 1024, 3, padding=3, dilation=3)
