import pytest
import torch
from mmcv.ops import roi_align
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from mmdownsize.detection import PSRoIAlign, PSRoIExtractor, ps_roi_align
from mmdownsize.detection.psroi_align import _gather, _grid_sample

STRIDE = 4


def make_features(
    channels: int = 3, bins: int = 9, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, channels * bins, 9, 12, generator=generator, dtype=dtype)


def make_rois(*, smallest: float = 0.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Boxes on the map, across its border, off it, of no size, in any order of images."""
    boxes = [
        [1, 3.0, 2.0, 30.0, 27.0],
        [0, -13.0, -9.0, 20.0, 17.0],
        [1, 33.3, 21.7, 70.1, 60.2],
        [0, -90.0, -80.0, -50.0, -40.0],
        [0, 400.0, 400.0, 450.0, 470.0],
        [1, -200.0, 5.0, 250.0, 9.5],
        [0, 46.0, 0.3, 48.0, 36.0],
        [0, 0.0, 0.0, 48.0, 36.0],
        [1, 11.0, 13.0, 11.0, 13.0],
        [0, 11.0, 13.0, 12.0, 19.0],
        [0, -5.0, 2.0, -2.0, 3.0],
    ]
    rois = torch.tensor(boxes, dtype=dtype)
    # an exact tie with the border of the map is decided by rounding
    rois[:, 1:] += 0.0137
    rois[:, 3:] = torch.maximum(rois[:, 3:], rois[:, 1:3] + smallest)
    return rois


def pick_diagonal(features: Tensor, rois: Tensor, *, size: int, samples: int, mode: str) -> Tensor:
    """The oracle: mmcv's RoIAlign of all channels for all bins, of which the diagonal is kept."""
    pooled = roi_align(features, rois, (size, size), 1 / STRIDE, samples, mode, mode == 'avg')
    channels = features.shape[1] // size**2
    pooled = pooled.view(len(rois), channels, size**2, size**2).diagonal(dim1=2, dim2=3)
    return pooled.reshape(len(rois), channels, size, size)


def interpolate(plane: list[list[float]], y: float, x: float) -> float:
    height, width = len(plane), len(plane[0])
    if y < -1 or y > height or x < -1 or x > width:
        return 0.0
    y, x = min(max(y, 0.0), height - 1.0), min(max(x, 0.0), width - 1.0)
    top, left = int(y), int(x)
    value = 0.0
    for row, row_weight in ((top, 1 - (y - top)), (min(top + 1, height - 1), y - top)):
        for col, col_weight in ((left, 1 - (x - left)), (min(left + 1, width - 1), x - left)):
            value += row_weight * col_weight * plane[row][col]
    return value


def pool_naively(
    features: Tensor, rois: Tensor, *, size: tuple[int, int], samples: int, mode: str
) -> Tensor:
    """A loop over numbers, from the definition."""
    rows, cols = size
    channels = features.shape[1] // (rows * cols)
    maps, offset = features.tolist(), 0.5 if mode == 'avg' else 0.0
    pooled = torch.zeros(len(rois), channels, rows, cols, dtype=torch.float64)
    for r, (image, x1, y1, x2, y2) in enumerate(rois.double().tolist()):
        x, y = x1 / STRIDE - offset, y1 / STRIDE - offset
        width, height = max(x2 - x1, 0.0) / STRIDE / cols, max(y2 - y1, 0.0) / STRIDE / rows
        for c in range(channels):
            for i in range(rows):
                for j in range(cols):
                    plane = maps[int(image)][(c * rows + i) * cols + j]
                    values = [
                        interpolate(
                            plane,
                            y + height * (i + (a + 0.5) / samples),
                            x + width * (j + (b + 0.5) / samples),
                        )
                        for a in range(samples)
                        for b in range(samples)
                    ]
                    pooled[r, c, i, j] = max(values) if mode == 'max' else sum(values) / len(values)
    return pooled


@pytest.mark.parametrize('samples', [1, 2, 3])
@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_ps_roi_align_equals_roi_align_diagonal(mode, samples):
    # below one pixel of the map the release, and we, part from mmcv's legacy alignment
    rois = make_rois(smallest=STRIDE if mode == 'max' else 0)
    features = make_features().requires_grad_()
    ours = ps_roi_align(
        features, rois, output_size=3, spatial_scale=1 / STRIDE, sampling_ratio=samples, mode=mode
    )
    theirs = pick_diagonal(features, rois, size=3, samples=samples, mode=mode)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)

    weights = torch.randn(ours.shape, generator=torch.Generator().manual_seed(1))
    (our_grad,) = torch.autograd.grad((ours * weights).sum(), features)
    (their_grad,) = torch.autograd.grad((theirs * weights).sum(), features)
    torch.testing.assert_close(our_grad, their_grad, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_ps_roi_align_equals_roi_align_diagonal_random(mode):
    generator = torch.Generator().manual_seed(2)
    features = torch.randn(2, 98, 20, 26, generator=generator, dtype=torch.float64)
    corner = torch.rand(200, 2, generator=generator) * torch.tensor([130.0, 100.0]) - 15
    boxes = torch.cat([corner, corner + STRIDE + 60 * torch.rand(200, 2, generator=generator)], 1)
    image = torch.randint(2, (200, 1), generator=generator)
    rois = torch.cat([image, boxes], dim=1).double()
    ours = ps_roi_align(features, rois, spatial_scale=1 / STRIDE, mode=mode)
    theirs = pick_diagonal(features, rois, size=7, samples=2, mode=mode)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize('size', [(3, 3), (2, 5)])
@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_ps_roi_align_equals_naive_loop(mode, size):
    features = make_features(2, size[0] * size[1], dtype=torch.float64)
    rois = make_rois(dtype=torch.float64)
    rois[0, [1, 3]] = rois[0, [3, 1]]  # a negative width counts as zero
    ours = ps_roi_align(features, rois, output_size=size, spatial_scale=1 / STRIDE, mode=mode)
    theirs = pool_naively(features, rois, size=size, samples=2, mode=mode)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


def test_ps_roi_align_max_differs_from_mmcv_below_one_pixel():
    features = make_features()
    rois = torch.tensor([[0, 8.0, 8.0, 10.0, 10.0]])
    ours = ps_roi_align(features, rois, output_size=3, spatial_scale=1 / STRIDE, mode='max')
    enlarged = torch.tensor([[0, 8.0, 8.0, 8.0 + STRIDE, 8.0 + STRIDE]])
    theirs = pick_diagonal(features, rois, size=3, samples=2, mode='max')
    torch.testing.assert_close(
        theirs,
        ps_roi_align(features, enlarged, output_size=3, spatial_scale=1 / STRIDE, mode='max'),
    )
    assert (ours - theirs).abs().max() > 0.1


@pytest.mark.parametrize('mode', ['avg', 'max'])
def test_ps_roi_align_gradcheck(mode):
    features = make_features(1, 4, dtype=torch.float64)[:, :, :4, :5].contiguous().requires_grad_()
    rois = make_rois(dtype=torch.float64)[[1, 2, 3, 8]]
    assert torch.autograd.gradcheck(
        lambda x: ps_roi_align(x, rois, output_size=2, spatial_scale=1 / STRIDE, mode=mode),
        features,
    )


@pytest.mark.parametrize('size', [(1, 1), (1, 6), (5, 2), (9, 12)])
def test_sampling_in_a_fixed_order_equals_grid_sample(size):
    maps = torch.randn(4, 3, *size, dtype=torch.float64, requires_grad=True)
    points = torch.rand(4, 7, 5, 2, dtype=torch.float64) * 2.6 - 1.3
    ours, theirs = _gather(maps, points), _grid_sample(maps, points)
    torch.testing.assert_close(ours, theirs)
    given = torch.randn_like(theirs)
    (one,), (other,) = (torch.autograd.grad(each, maps, given) for each in (ours, theirs))
    torch.testing.assert_close(one, other)


def test_ps_roi_align_no_rois_keeps_the_graph():
    features = make_features().requires_grad_()
    pooled = ps_roi_align(features, torch.zeros(0, 5), output_size=3)
    assert pooled.shape == (0, 3, 3, 3)
    pooled.sum().backward()
    assert features.grad.abs().max() == 0


def test_ps_roi_align_allocates_no_multiple_of_its_output():
    class Largest(TorchDispatchMode):
        numel = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            tensors = out if isinstance(out, (tuple, list)) else (out,)
            sizes = [t.numel() for t in tensors if isinstance(t, Tensor)]
            self.numel = max([self.numel, *sizes])
            return out

    features = torch.randn(1, 490, 6, 8, requires_grad=True)
    rois = torch.tensor([[0, 0.0, 0.0, 40.0, 60.0]]).repeat(100, 1)
    for mode in ('avg', 'max'):
        with Largest() as largest:
            pooled = ps_roi_align(features, rois, spatial_scale=1 / 16, mode=mode)
            pooled.sum().backward()
        # the samples, 2 x 2 of each bin: RoIAlign of all channels would have 49 times the output
        assert largest.numel <= 4 * pooled.numel()


def test_ps_roi_align_runs_in_fp32_under_autocast():
    features, rois = make_features(), make_rois()
    with torch.autocast('cpu', torch.bfloat16):
        pooled = ps_roi_align(features, rois, output_size=3, spatial_scale=1 / STRIDE)
    assert torch.equal(
        pooled, ps_roi_align(features, rois, output_size=3, spatial_scale=1 / STRIDE)
    )
    # half precision in, half precision out, and boxes that half precision cannot hold
    half = ps_roi_align(features.bfloat16(), rois, output_size=3, spatial_scale=1 / STRIDE)
    exact = ps_roi_align(features.bfloat16().float(), rois, output_size=3, spatial_scale=1 / STRIDE)
    assert half.dtype == torch.bfloat16
    assert torch.equal(half, exact.bfloat16())


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'output_size': 4}, 'multiple of the 16 bins'),
        ({'sampling_ratio': 0}, 'sampling_ratio must be at least 1, got 0'),
        ({'mode': 'sum'}, "'avg' or 'max', got 'sum'"),
        ({'rois': torch.zeros(3, 4)}, r'got \(3, 4\)'),
        ({'rois': torch.tensor([[2, 0.0, 0.0, 9.0, 9.0]])}, r'in \[0, 2\), got \[2.0\]'),
    ],
)
def test_ps_roi_align_refuses(change, message):
    arguments = {'rois': make_rois(), 'output_size': 3} | change
    with pytest.raises(ValueError, match=message):
        ps_roi_align(make_features(), **arguments)


def test_psroi_extractor_scales_boxes_and_keeps_their_precision():
    layer = {'type': 'PSRoIAlign', 'output_size': 3, 'mode': 'max'}
    extractor = PSRoIExtractor(layer, out_channels=3, featmap_strides=[STRIDE])
    features, rois = make_features(), make_rois()
    expected = PSRoIAlign(3, 1 / STRIDE, mode='max')(features, rois)
    assert torch.equal(extractor((features, features[:1]), rois), expected)
    assert extractor.num_inputs == 1

    # 1001.5 is no bfloat16
    rois = torch.tensor([[0, 1001.5, 1001.5, 1101.5, 1101.5]])
    features = torch.rand(1, 9, 300, 300).bfloat16()
    exact = PSRoIAlign(3, 1 / STRIDE, mode='max')(features.float(), rois)
    assert torch.equal(extractor((features,), rois), exact.bfloat16())

    enlarged = torch.tensor([[0, 976.5, 976.5, 1126.5, 1126.5]])
    assert torch.equal(extractor((features,), rois, 1.5), extractor((features,), enlarged))


def test_psroi_extractor_refuses_a_pyramid():
    with pytest.raises(ValueError, match='reads one map'):
        PSRoIExtractor({'type': 'PSRoIAlign'}, out_channels=10, featmap_strides=[8, 16])
