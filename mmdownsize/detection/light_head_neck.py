"""The neck of Light-Head R-CNN: the thin map for the RoI head, C4 for the RPN."""

from collections.abc import Sequence

from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor

from .large_separable_conv import LargeSeparableConv


@MODELS.register_module()
class LightHeadNeck(BaseModule):
    """Turn (C4, C5) into (thin map, C4).

    RoI heads read their maps from the front, so that any of them finds the thin map;
    :class:`LightHeadRPNHead` reads the last, C4.

    Args:
        in_channels: channels of C5.
        out_channels: channels of the thin map, a multiple of the bins of the RoI layer.
        mid_channels: see :class:`LargeSeparableConv`.
        kernel_size: see :class:`LargeSeparableConv`.
        init_cfg: initialisation as in mmengine.

    Raises:
        ValueError: if forward is not given exactly two maps.

    Shape:
        ((N, ., H, W), (N, in_channels, H, W)) -> ((N, out_channels, H, W), (N, ., H, W)).

    Example:
        >>> import torch
        >>> neck = LightHeadNeck(8, 18, mid_channels=4)
        >>> thin, c4 = neck((torch.rand(1, 6, 5, 7), torch.rand(1, 8, 5, 7)))
        >>> thin.shape, c4.shape
        (torch.Size([1, 18, 5, 7]), torch.Size([1, 6, 5, 7]))

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017),
    section 3.2, thin feature maps and RPN.
    """

    def __init__(
        self,
        in_channels: int = 2048,
        out_channels: int = 490,
        *,
        mid_channels: int = 256,
        kernel_size: int = 15,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.large_separable_conv = LargeSeparableConv(
            in_channels, out_channels, mid_channels=mid_channels, kernel_size=kernel_size
        )

    def forward(self, inputs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Route the two maps; see the class."""
        if len(inputs) != 2:
            raise ValueError(
                f'LightHeadNeck takes the two maps (C4, C5), got {len(inputs)}: '
                f'set out_indices=(2, 3) in the backbone'
            )
        c4, c5 = inputs
        return self.large_separable_conv(c5), c4
