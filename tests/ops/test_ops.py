"""The tensor maths, against loops written another way and against torch."""

import math
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mmdownsize.ops import (
    DISTANCES,
    axis_distance,
    conv_float_pool,
    float_pool,
    neighbour_indices,
    project,
    weighted_sum,
)

LENGTHS = [(1, 1), (1, 7), (7, 1), (10, 3), (3, 10), (333, 100), (64, 64), (4001, 1201)]


@pytest.mark.parametrize(('source', 'target'), LENGTHS)
def test_project_equals_exact_fractions(source, target):
    first, offset = project(source, target)
    for i in range(target):
        x = (Fraction(2 * i + 1, 2) * source) / target - Fraction(1, 2)
        assert first[i] == math.floor(x)
        assert offset[i].item() == pytest.approx(float(x - math.floor(x)), abs=1e-7)


def test_project_stays_in_float32_under_autocast():
    with torch.autocast('cpu', torch.bfloat16):
        first, offset = project(4001, 1201)
        weights = axis_distance('bilinear', offset, radius=1, scale=4001 / 1201)
    assert first.dtype == torch.int64
    assert offset.dtype == weights.dtype == torch.float32
    assert torch.equal(offset, project(4001, 1201)[1])


def test_bilinear_distance_is_the_formula_of_the_paper():
    dx, dy = 0.3, 0.8
    rows, cols = (
        axis_distance('bilinear', torch.tensor([d]), radius=1, scale=3.0)[:, 0] for d in (dy, dx)
    )
    expected = [(1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy]
    assert torch.outer(rows, cols).flatten().tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize('name', sorted(DISTANCES))
def test_distances_are_even_functions_of_the_distance(name):
    left = axis_distance(name, torch.tensor([0.3]), radius=2, scale=2.5)
    right = axis_distance(name, torch.tensor([0.7]), radius=2, scale=2.5)
    torch.testing.assert_close(left, right.flip(0), atol=1e-6, rtol=0)


def test_bicubic_distance_sums_to_one():
    weights = axis_distance('bicubic', torch.linspace(0, 0.999, 50), radius=2, scale=1.0)
    torch.testing.assert_close(weights.sum(0), torch.ones(50), atol=1e-6, rtol=0)
    assert weights.min() < 0


def test_unknown_distance_names_the_known_ones():
    with pytest.raises(
        ValueError, match="'antialiased', 'bicubic', 'bilinear', 'nearest', 'offset'"
    ):
        axis_distance('cosine', torch.zeros(1), radius=1, scale=1.0)


def test_float_pool_is_a_selection():
    features = torch.rand(2, 3, 9, 11)
    (rows, _), (cols, _) = project(9, 4), project(11, 5)
    pooled = float_pool(features, rows, cols)
    for y, row in enumerate(rows.clamp(min=0)):
        for x, col in enumerate(cols.clamp(min=0)):
            assert torch.equal(pooled[:, :, y, x], features[:, :, row, col])


@pytest.mark.parametrize('num_convs', [1, 2, 3, 4])
@pytest.mark.parametrize('target', [(1, 1), (2, 3), (9, 12), (23, 29), (40, 61)])
def test_conv_float_pool_equals_dense_convolutions(num_convs, target):
    """Invariant 3: the fast path equals the plain one, forward and gradient."""
    convs = [
        nn.Conv2d(2 if i == 0 else 3, 3, 3, padding=1, padding_mode='replicate').double()
        for i in range(num_convs)
    ]
    image = torch.rand(2, 2, 23, 29, dtype=torch.float64, requires_grad=True)
    (rows, _), (cols, _) = project(23, target[0]), project(29, target[1])
    dense = image
    for conv in convs:
        dense = conv(dense).relu()
    plain = float_pool(dense, rows, cols)
    fast = conv_float_pool(image, [(conv.weight, conv.bias) for conv in convs], rows, cols)
    torch.testing.assert_close(fast, plain, atol=1e-12, rtol=0)
    leaves = [image, *(parameter for conv in convs for parameter in conv.parameters())]
    weight = torch.rand_like(plain)
    for ours, theirs in zip(
        torch.autograd.grad((fast * weight).sum(), leaves),
        torch.autograd.grad((plain * weight).sum(), leaves),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


@pytest.mark.parametrize('groups', [1, 2, 4])
def test_weighted_sum_equals_naive_loop(groups):
    image = torch.rand(2, 4, 5, 6, dtype=torch.float64)
    rows = neighbour_indices(project(5, 3)[0], 2)
    cols = neighbour_indices(project(6, 2)[0], 1)
    coefficients = torch.rand(2, groups, 4, 2, 3, 2, dtype=torch.float64)
    ours = weighted_sum(image, coefficients, rows, cols)
    for n in range(2):
        for c in range(4):
            for y in range(3):
                for x in range(2):
                    total = 0.0
                    for i in range(4):
                        for j in range(2):
                            row = min(max(int(rows[i, y]), 0), 4)
                            col = min(max(int(cols[j, x]), 0), 5)
                            weight = coefficients[n, c * groups // 4, i, j, y, x]
                            total += float(weight * image[n, c, row, col])
                    assert ours[n, c, y, x].item() == pytest.approx(total, abs=1e-12)


def test_weighted_sum_gradcheck():
    rows, cols = (neighbour_indices(project(5, 3)[0], 1) for _ in range(2))
    image = torch.rand(1, 2, 5, 5, dtype=torch.float64, requires_grad=True)
    coefficients = torch.rand(1, 1, 2, 2, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda image, coefficients: weighted_sum(image, coefficients, rows, cols),
        (image, coefficients),
    )


def test_weighted_sum_with_bilinear_weights_equals_torch():
    image = torch.rand(1, 3, 31, 47, dtype=torch.float64)
    axes = []
    for source, target in ((31, 9), (47, 60)):
        first, offset = project(source, target)
        weights = axis_distance('bilinear', offset, radius=1, scale=source / target)
        axes.append((neighbour_indices(first, 1), weights.double()))
    (rows, down), (cols, across) = axes
    coefficients = (down[:, None, :, None] * across[None, :, None, :])[None, None]
    theirs = F.interpolate(image, (9, 60), mode='bilinear', align_corners=False)
    torch.testing.assert_close(
        weighted_sum(image, coefficients, rows, cols), theirs, atol=1e-6, rtol=0
    )


@pytest.mark.parametrize('num_convs', [1, 2, 3])
@pytest.mark.parametrize('spaced', [False, True])
def test_conv_float_pool_of_far_places_equals_dense_convolutions(num_convs, spaced):
    """Nothing between the places is read: it may hold anything."""
    convs = [nn.Conv2d(2, 2, 3).double() for _ in range(num_convs)]
    image = torch.rand(2, 2, 61, 75, dtype=torch.float64)
    rows, cols = project(61, 6)[0], project(75, 7)[0]
    unread = torch.ones(61, 75, dtype=torch.bool)
    for row in rows:
        for col in cols:
            unread[row - num_convs : row + num_convs + 1, col - num_convs : col + num_convs + 1] = 0
    dense = image
    for conv in convs:
        padded = F.pad(dense, (1, 1, 1, 1), mode='replicate')
        dense = F.conv2d(padded, conv.weight, conv.bias).relu()
    weights = [(conv.weight, conv.bias) for conv in convs]
    image = image.masked_fill(unread, math.nan) if spaced else image
    fast = conv_float_pool(image, weights, rows, cols, spacing=10 if spaced else 1)
    torch.testing.assert_close(fast, float_pool(dense, rows, cols), atol=1e-12, rtol=0)
