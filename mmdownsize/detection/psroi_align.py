"""Position-sensitive RoIAlign: each bin of a RoI reads channels of its own."""

import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from torch import Tensor, nn
from torch.nn.modules.utils import _pair


def ps_roi_align(
    features: Tensor,
    rois: Tensor,
    *,
    output_size: int | tuple[int, int] = 7,
    spatial_scale: float = 1.0,
    sampling_ratio: int = 2,
    mode: str = 'avg',
) -> Tensor:
    """Pool every bin (i, j) of every RoI from the channels that belong to that bin.

    Output channel c of bin (i, j) comes from feature channel ``(c * h + i) * w + j``, at
    ``sampling_ratio`` x ``sampling_ratio`` bilinear samples. Samples further than one pixel
    outside the map are zero, those nearer are moved to its border, as in RoIAlign.

    - ``'avg'``: their mean, pixel centres at half pixels. Equal to RoIAlign (``aligned=True``)
      of all channels, of which bin (i, j) is then picked, without its h * w times larger output.
    - ``'max'``: their maximum, without the half-pixel shift, as the authors' release has it.
      Equal to mmcv's ``RoIAlign(pool_mode='max', aligned=False)`` for RoIs of at least one
      pixel of the map; mmcv enlarges smaller ones to one pixel, the release and we do not.
      At the border the release fades to zero over one pixel, where mmcv and we repeat it.

    Computed in fp32 at least, whatever autocast says.

    Args:
        features: shape (N, C * h * w, H, W).
        rois: shape (R, 5): the image in [0, N), then x1, y1, x2, y2 in pixels of the image. A
            negative width or height counts as zero. They get no gradient.
        output_size: bins (h, w), or one number for both.
        spatial_scale: pixels of the map per pixel of the image, 1 / stride.
        sampling_ratio: samples per bin and axis, at least 1.
        mode: ``'avg'`` or ``'max'``.

    Returns:
        Shape (R, C, h, w), in the dtype of the features.

    Raises:
        ValueError: if a shape, the sampling ratio, the mode or an image index does not fit.

    Example:
        >>> features = torch.arange(4.0).view(1, 4, 1, 1).expand(1, 4, 5, 5)
        >>> ps_roi_align(features, torch.tensor([[0, 1.0, 1.0, 3.0, 3.0]]), output_size=2)
        tensor([[[[0., 1.],
                  [2., 3.]]]])

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017),
    section 4.1, PSRoI pooling with RoIAlign.
    """
    rows, cols = _pair(output_size)
    _check_arguments(features, rois, rows * cols, sampling_ratio=sampling_ratio, mode=mode)
    batch, channels, height, width = features.shape
    shape = (len(rois), channels // (rows * cols), rows, cols)
    if len(rois) == 0:
        # part of the graph all the same, as distributed training wants it
        return features.new_zeros(shape) + 0 * features.sum()
    with torch.autocast(features.device.type, enabled=False):
        dtype = torch.promote_types(features.dtype, torch.float32)
        maps = features.to(dtype).unflatten(1, (-1, rows * cols)).transpose(1, 2)
        points, inside = _sample_points(
            rois.detach().to(dtype),
            (height, width),
            bins=(rows, cols),
            samples=sampling_ratio,
            spatial_scale=spatial_scale,
            offset=0.5 if mode == 'avg' else 0.0,
        )
        chosen = [(rois[:, 0] == image).nonzero().squeeze(1) for image in range(batch)]
        order = torch.cat(chosen)
        if len(order) != len(rois):
            raise ValueError(
                f'the first column of rois must hold image indices in [0, {batch}), got '
                f'{sorted(set(rois[:, 0].tolist()))}: number the RoIs by image, as bbox2roi does'
            )
        pooled = [
            _pool_image(maps[image], points[:, index], inside[:, index], mode=mode)
            for image, index in enumerate(chosen)
            if len(index)
        ]
        pooled = torch.cat(pooled).index_select(0, order.argsort())
    return pooled.view(shape).to(features.dtype)


def _check_arguments(
    features: Tensor, rois: Tensor, bins: int, *, sampling_ratio: int, mode: str
) -> None:
    if features.dim() != 4 or features.shape[1] % bins:
        raise ValueError(
            f'features must have shape (N, C, H, W), C a multiple of the {bins} bins, got '
            f'{tuple(features.shape)}: change output_size or the channels of the map'
        )
    if rois.dim() != 2 or rois.shape[1] != 5:
        raise ValueError(
            f'rois must have shape (R, 5), image index and box, got {tuple(rois.shape)}: '
            f'make them with bbox2roi'
        )
    if sampling_ratio < 1:
        raise ValueError(
            f'sampling_ratio must be at least 1, got {sampling_ratio}: a number of samples '
            f'that adapts to the RoI (0 in RoIAlign) is not offered, take 2'
        )
    if mode not in ('avg', 'max'):
        raise ValueError(f"mode must be 'avg' or 'max', got {mode!r}")


def _sample_points(
    rois: Tensor,
    size: tuple[int, int],
    *,
    bins: tuple[int, int],
    samples: int,
    spatial_scale: float,
    offset: float,
) -> tuple[Tensor, Tensor]:
    """List the sample points of all bins.

    Returns:
        Points (x, y) as ``grid_sample`` wants them, shape (h * w, R, samples**2, 2), and whether
        each is on the map, shape (h * w, R, samples**2).
    """
    points, inside = [], []
    # x, then y
    for axis, (length, count) in enumerate(zip(size[::-1], bins[::-1], strict=True)):
        start = rois[:, 1 + axis] * spatial_scale - offset
        extent = (rois[:, 3 + axis] - rois[:, 1 + axis]).clamp(min=0) * spatial_scale
        steps = torch.arange(count * samples, dtype=rois.dtype, device=rois.device) + 0.5
        # (R, count * samples) -> (count, R, samples)
        along = start[:, None] + extent[:, None] * steps / (count * samples)
        along = along.view(-1, count, samples).transpose(0, 1)
        inside.append((along >= -1) & (along <= length))
        points.append((2 * along + 1) / length - 1)
    shape = (bins[0], bins[1], len(rois), samples, samples)
    # (h, w, R, samples of y, samples of x)
    across, down = (None, slice(None), slice(None), None), (slice(None), None, ..., None)
    points = torch.stack([points[0][across].expand(shape), points[1][down].expand(shape)], dim=-1)
    inside = (inside[0][across] & inside[1][down]).expand(shape)
    return points.flatten(0, 1).flatten(2, 3), inside.flatten(0, 1).flatten(2, 3)


def _grid_sample(maps: Tensor, points: Tensor) -> Tensor:
    return F.grid_sample(maps, points, padding_mode='border', align_corners=False)


def _gather(maps: Tensor, points: Tensor) -> Tensor:
    """Sample as `_grid_sample` does, whose gradients CUDA adds in no fixed order; slower."""
    height, width = maps.shape[-2:]
    bins = torch.arange(len(maps), device=maps.device)[:, None, None]
    vectors = maps.permute(0, 2, 3, 1)
    x, y = (
        (((points[..., axis] + 1) * length - 1) / 2).clamp(0, length - 1)
        for axis, length in enumerate((width, height))
    )
    samples = 0.0
    for row, across in _neighbours(y, height):
        for col, along in _neighbours(x, width):
            samples = samples + vectors[bins, row, col] * (across * along)[..., None]
    return samples.permute(0, 3, 1, 2)


def _neighbours(places: Tensor, length: int) -> list[tuple[Tensor, Tensor]]:
    """List the pixels on either side of places of an axis, and their weights."""
    first = places.floor().clamp(max=max(0, length - 2))
    second = (first + 1).clamp(max=length - 1)
    return [(first.long(), 1 - (places - first)), (second.long(), places - first)]


def _pool_image(maps: Tensor, points: Tensor, inside: Tensor, *, mode: str) -> Tensor:
    """Pool the RoIs of one image: (h * w, C, H, W) -> (R, C, h * w)."""
    in_order = maps.is_cuda and torch.are_deterministic_algorithms_enabled()
    samples = (_gather if in_order else _grid_sample)(maps, points) * inside[:, None]
    pooled = samples.mean(dim=3) if mode == 'avg' else samples.amax(dim=3)
    return pooled.permute(2, 1, 0)


@MODELS.register_module()
class PSRoIAlign(nn.Module):
    """Position-sensitive RoIAlign as a layer; see :func:`ps_roi_align`.

    Args:
        output_size: bins (h, w), or one number for both.
        spatial_scale: pixels of the map per pixel of the image, 1 / stride.
        sampling_ratio: samples per bin and axis, at least 1.
        mode: ``'avg'`` or ``'max'``.

    Shape:
        features (N, C * h * w, H, W), rois (R, 5) -> (R, C, h, w).

    Example:
        >>> layer = PSRoIAlign(7, spatial_scale=1 / 16, mode='max')
        >>> layer(torch.rand(1, 490, 4, 4), torch.tensor([[0, 8.0, 8.0, 40.0, 56.0]])).shape
        torch.Size([1, 10, 7, 7])

    Source: "Light-Head R-CNN: In Defense of Two-Stage Object Detector" (Li et al., 2017).
    """

    def __init__(
        self,
        output_size: int | tuple[int, int] = 7,
        spatial_scale: float = 1.0,
        *,
        sampling_ratio: int = 2,
        mode: str = 'avg',
    ) -> None:
        super().__init__()
        self.output_size = _pair(output_size)
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.mode = mode

    def forward(self, features: Tensor, rois: Tensor) -> Tensor:
        """Pool the RoIs; see :func:`ps_roi_align`."""
        return ps_roi_align(
            features,
            rois,
            output_size=self.output_size,
            spatial_scale=self.spatial_scale,
            sampling_ratio=self.sampling_ratio,
            mode=self.mode,
        )

    def extra_repr(self) -> str:
        """Show the arguments."""
        return (
            f'output_size={self.output_size}, spatial_scale={self.spatial_scale}, '
            f'sampling_ratio={self.sampling_ratio}, mode={self.mode!r}'
        )
