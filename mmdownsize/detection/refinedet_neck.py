"""The neck of RefineDet: what its two heads read, the ARM's sources and the ODM's pyramid."""

from collections.abc import Sequence

from mmdet.models import SSDNeck
from mmdet.models.necks.ssd_neck import L2Norm
from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from .transfer_connection import TransferConnection

DEFAULT_INIT = dict(
    type='Xavier', layer=['Conv2d', 'ConvTranspose2d'], distribution='uniform', bias=0
)


@MODELS.register_module()
class RefineDetNeck(BaseModule):
    """Turn the maps of a backbone into (sources, pyramid).

    The sources are the given maps, the first of them L2-normalised, and one more at half the size
    of the last (RefineDet's conv6). Transfer connection blocks make the pyramid of them, from the
    top down.

    Args:
        in_channels: channels of the maps of the backbone, from fine to coarse.
        extra_channels: channels of the added source; half of them between its two convolutions.
        out_channels: channels of each map of the pyramid.
        l2_norm_scales: start of the learned scales by which the first maps are multiplied after
            L2 normalisation over channels; one number for each map to be normalised.
        init_cfg: initialisation as in mmengine.

    Shape:
        L maps (N, in_channels[l], H/2^l, W/2^l) -> L + 1 sources of these sizes and half the
        last, and L + 1 maps (N, out_channels, ., .) of the sizes of the sources.

    Raises:
        ValueError: in forward, if the number of maps is not that of `in_channels`, or a map is
            not twice as large as the next, so that they cannot be summed.

    Example:
        >>> import torch
        >>> neck = RefineDetNeck((8, 16), extra_channels=8, out_channels=4, l2_norm_scales=(10,))
        >>> maps = torch.rand(1, 8, 8, 12), torch.rand(1, 16, 4, 6)
        >>> sources, pyramid = neck(maps)
        >>> [tuple(source.shape[1:]) for source in sources]
        [(8, 8, 12), (16, 4, 6), (8, 2, 3)]
        >>> [tuple(level.shape[1:]) for level in pyramid]
        [(4, 8, 12), (4, 4, 6), (4, 2, 3)]

    Source: "Single-Shot Refinement Neural Network for Object Detection" (Zhang et al., 2018),
    section 3.1, and its release.
    """

    def __init__(
        self,
        in_channels: Sequence[int] = (512, 512, 1024),
        *,
        extra_channels: int = 512,
        out_channels: int = 256,
        l2_norm_scales: Sequence[float] = (10.0, 8.0),
        init_cfg: dict | list[dict] | None = DEFAULT_INIT,
    ) -> None:
        super().__init__(init_cfg)
        self.in_channels = tuple(in_channels)
        channels = (*in_channels, extra_channels)
        self.extra = SSDNeck(
            tuple(in_channels), channels, level_strides=(2,), level_paddings=(1,), l2_norm_scale=0
        )
        self.l2_norms = nn.ModuleList(
            L2Norm(width, scale) for width, scale in zip(in_channels, l2_norm_scales, strict=False)
        )
        for norm in self.l2_norms:  # upstream leaves the weight to its caller
            nn.init.constant_(norm.weight, norm.scale)
        self.connections = nn.ModuleList(
            TransferConnection(width, out_channels, top=index == len(in_channels))
            for index, width in enumerate(channels)
        )

    def forward(self, inputs: Sequence[Tensor]) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Give the sources and the pyramid, both from fine to coarse; see the class."""
        if len(inputs) != len(self.in_channels):
            raise ValueError(
                f'RefineDetNeck takes {len(self.in_channels)} maps, of {self.in_channels} '
                f'channels, got {len(inputs)}: set the out_indices of the backbone'
            )
        sources = list(self.extra(inputs))
        _check_halving(sources)
        for index, norm in enumerate(self.l2_norms):
            sources[index] = norm(sources[index])
        pyramid: list[Tensor] = []
        for source, connection in zip(reversed(sources), reversed(self.connections), strict=True):
            pyramid.insert(0, connection(source, *pyramid[:1]))
        return tuple(sources), tuple(pyramid)


def _check_halving(sources: Sequence[Tensor]) -> None:
    """Raise where a coarse map, doubled, would not have the size of the finer one."""
    sizes = [tuple(source.shape[-2:]) for source in sources]
    for fine, coarse in zip(sizes, sizes[1:], strict=False):
        if fine != (2 * coarse[0], 2 * coarse[1]):
            raise ValueError(
                f'RefineDet sums maps of sizes {sizes}, but {fine} is not twice {coarse}: set '
                'pad_size_divisor of the data preprocessor to the stride of the coarsest map (64 '
                'with VGG16)'
            )
