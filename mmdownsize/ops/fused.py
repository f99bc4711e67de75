"""DownsizeNet in one kernel: coefficients in registers, and no map of the input's size.

Needs Triton, and a CUDA device or Triton's interpreter: import it where `mmdownsize.ops.fuses`
says that it can be used.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

BLOCK = 64
"""Output pixels of a program."""


@triton.jit
def _clamp(place, length):
    return tl.minimum(tl.maximum(place, 0), length - 1)


@triton.jit
def _load(image, n, c, row, col, channels, height, width, mask):
    at = ((n * channels + c) * height + row).to(tl.int64) * width + col
    return tl.load(image + at, mask=mask, other=0.0).to(tl.float32)


@triton.jit
def _windows(image, n, row, col, channels, height, width, FAN: tl.constexpr):
    """Load the 3x3 windows around some places, (BLOCK, FAN), ordered as a filter is."""
    k = tl.arange(0, FAN)
    c, tap = k // 9, k % 9
    row = _clamp(row[:, None] + (tap // 3)[None, :] - 1, height)
    col = _clamp(col[:, None] + (tap % 3)[None, :] - 1, width)
    known = (row >= 0) & (c < channels)[None, :]
    return _load(image, n, c[None, :], row, col, channels, height, width, known)


@triton.jit
def _filters(weight, fan, FAN: tl.constexpr, C: tl.constexpr):
    """Load the filters of the first convolution, (FAN, C), zero beyond their number."""
    k, o = tl.arange(0, FAN), tl.arange(0, C)
    known = (k < fan)[:, None] & (o >= 0)[None, :]
    return tl.load(weight + o[None, :] * fan + k[:, None], mask=known, other=0.0).to(tl.float32)


@triton.jit
def _tap_filters(weight, tap, C: tl.constexpr):
    """Load what the second convolution makes of one tap, (C in, C out)."""
    i, o = tl.arange(0, C), tl.arange(0, C)
    return tl.load(weight + (o[None, :] * C + i[:, None]) * 9 + tap).to(tl.float32)


@triton.jit
def _dot(a, b, LOW: tl.constexpr):
    if tl.float32 == LOW:
        return tl.dot(a, b, input_precision='ieee')
    return tl.dot(a.to(LOW), b.to(LOW))


@triton.jit
def _places(rows, cols, count, w, height, width, BLOCK: tl.constexpr):
    """Number the output pixels of a program, and find their places P inside the image."""
    pixel = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    known = pixel < count
    row = tl.load(rows + pixel // w, mask=known, other=0).to(tl.int32)
    col = tl.load(cols + pixel % w, mask=known, other=0).to(tl.int32)
    return pixel, known, row, col, _clamp(row, height), _clamp(col, width)


@triton.jit
def _texture(
    image, w1, b1, w2, b2, n, row, col, channels, height, width,
    FAN: tl.constexpr, C: tl.constexpr, LOW: tl.constexpr,
):  # fmt: skip
    """Describe the texture at some places: two convolutions, (BLOCK, C).

    The first one multiplies in float32, as its image may be raw: 255 leaves half precision no
    bits for the texture.
    """
    o = tl.arange(0, C)
    first = _filters(w1, channels * 9, FAN, C)
    bias = tl.load(b1 + o).to(tl.float32)
    texture = (row * 0.0)[:, None] + tl.load(b2 + o).to(tl.float32)[None, :]
    for tap in range(9):
        at_row, at_col = _clamp(row + tap // 3 - 1, height), _clamp(col + tap % 3 - 1, width)
        window = _windows(image, n, at_row, at_col, channels, height, width, FAN)
        feature = tl.maximum(_dot(window, first, tl.float32) + bias[None, :], 0.0)
        texture += _dot(feature, _tap_filters(w2, tap, C), LOW)
    return tl.maximum(texture, 0.0)


@triton.jit
def _texture_kernel(
    image, w1, b1, w2, b2, rows, cols, out, count, w, channels, height, width,
    FAN: tl.constexpr, C: tl.constexpr, LOW: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    n = tl.program_id(1)
    pixel, known, _, _, row, col = _places(rows, cols, count, w, height, width, BLOCK)
    texture = _texture(
        image, w1, b1, w2, b2, n, row, col, channels, height, width, FAN, C, LOW
    )  # fmt: skip
    at = (n * count + pixel).to(tl.int64)[:, None] * C + tl.arange(0, C)[None, :]
    tl.store(out + at, texture, mask=known[:, None])


@triton.jit
def _texture_grad_kernel(
    image, w1, b1, w2, rows, cols, texture, grad, parts, count, w, channels, height, width, size,
    FAN: tl.constexpr, C: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Write what the pixels of a program add to the gradients of w1, b1, w2 and b2, in float32."""
    n, o, k = tl.program_id(1), tl.arange(0, C), tl.arange(0, FAN)
    fan = channels * 9
    pixel, known, _, _, row, col = _places(rows, cols, count, w, height, width, BLOCK)
    at = (n * count + pixel).to(tl.int64)[:, None] * C + o[None, :]
    alive = tl.load(texture + at, mask=known[:, None], other=0.0) > 0
    given = tl.load(grad + at, mask=known[:, None], other=0.0).to(tl.float32)
    given = tl.where(alive, given, 0.0)
    part = parts + (n * tl.num_programs(0) + tl.program_id(0)).to(tl.int64) * size
    first = _filters(w1, fan, FAN, C)
    bias = tl.load(b1 + o).to(tl.float32)
    grad_first = tl.zeros((FAN, C), tl.float32)
    grad_bias = tl.zeros((C,), tl.float32)
    for tap in range(9):
        at_row, at_col = _clamp(row + tap // 3 - 1, height), _clamp(col + tap % 3 - 1, width)
        window = _windows(image, n, at_row, at_col, channels, height, width, FAN)
        feature = tl.maximum(_dot(window, first, tl.float32) + bias[None, :], 0.0)
        grad_tap = _dot(tl.trans(feature), given, tl.float32)
        tl.store(part + C * fan + C + (o[None, :] * C + o[:, None]) * 9 + tap, grad_tap)
        back = _dot(given, tl.trans(_tap_filters(w2, tap, C)), tl.float32)
        back = tl.where(feature > 0, back, 0.0)
        grad_first += _dot(tl.trans(window), back, tl.float32)
        grad_bias += tl.sum(back, 0)
    tl.store(part + o[None, :] * fan + k[:, None], grad_first, mask=(k < fan)[:, None])
    tl.store(part + C * fan + o, grad_bias)
    tl.store(part + C * fan + C + C * C * 9 + o, tl.sum(given, 0))


@triton.jit
def _downsize_kernel(
    image, w1, b1, w2, b2, head, prior, rows, cols, out,
    count, w, channels, height, width,
    FAN: tl.constexpr, C: tl.constexpr, GROUPS: tl.constexpr, TAPS: tl.constexpr,
    NEIGHBOURS: tl.constexpr, NORMALIZER: tl.constexpr, LOW: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    n = tl.program_id(1)
    pixel, known, row_p, col_p, row, col = _places(rows, cols, count, w, height, width, BLOCK)
    texture = _texture(
        image, w1, b1, w2, b2, n, row, col, channels, height, width, FAN, C, LOW
    )  # fmt: skip
    o, k = tl.arange(0, C), tl.arange(0, NEIGHBOURS)
    real = k < TAPS * TAPS
    used = known[:, None] & real[None, :]
    tap_row = _clamp(row_p[:, None] + (k // TAPS)[None, :] - (TAPS // 2 - 1), height)
    tap_col = _clamp(col_p[:, None] + (k % TAPS)[None, :] - (TAPS // 2 - 1), width)
    for group in range(GROUPS):
        filters = tl.load(
            head + (group * TAPS * TAPS + k[None, :]) * C + o[:, None],
            mask=real[None, :] & (o >= 0)[:, None],
            other=0.0,
        ).to(tl.float32)
        at = (group * TAPS * TAPS + k[None, :]).to(tl.int64) * count + pixel[:, None]
        # In float32 under autocast, too, as logits may be hundreds.
        logits = _dot(texture, filters, tl.float32) + tl.load(prior + at, mask=used, other=0.0)
        if NORMALIZER == 'none':
            weights = tl.where(used, logits, 0.0)
        else:
            logits = tl.where(real[None, :], logits, -1e9)
            most = tl.max(logits, 1)[:, None]
            if NORMALIZER == 'softmax':
                weights = tl.exp(logits - most)
            else:
                weights = tl.sigmoid(logits + tl.maximum(-60 - most, 0.0))
            weights = weights / tl.sum(weights, 1)[:, None]
        for channel in range(channels // GROUPS):
            c = group * (channels // GROUPS) + channel
            taps = _load(image, n, c, tap_row, tap_col, channels, height, width, used)
            to = (n * channels + c).to(tl.int64) * count + pixel
            tl.store(out + to, tl.sum(taps * weights, 1), mask=known)


def conv2_float_pool(
    image: Tensor, weights: list[tuple[Tensor, Tensor]], rows: Tensor, cols: Tensor
) -> Tensor:
    """Equal to `mmdownsize.ops.conv_float_pool` of two convolutions, without a map in between.

    Differentiable in the weights; the backward computes the features anew. Arguments and result
    as there, but the image needs no gradient, and the convolutions have a power of two of output
    channels, at least 16, as many as each other.
    """
    (w1, b1), (w2, b2) = weights
    return _Texture.apply(image, w1, b1, w2, b2, rows, cols)


def downsize(
    image: Tensor,
    weights: list[tuple[Tensor, Tensor]],
    head: Tensor,
    prior: Tensor,
    rows: Tensor,
    cols: Tensor,
    *,
    taps: int,
    groups: int,
    normalizer: str | None,
) -> Tensor:
    """Interpolate in one pass: texture, coefficients and the weighted sum. No gradients.

    Args:
        image: shape (N, C, H, W), uint8 or float.
        weights: see `conv2_float_pool`.
        head: what the coefficients take of the texture, shape (groups * taps**2, channels).
        prior: what they take of the distance, float32 of shape (groups * taps**2, h, w).
        rows: row of P for each output row, int64 of shape (h,).
        cols: column of P for each output column, int64 of shape (w,).
        taps: neighbours per axis.
        groups: sets of coefficients, a divisor of C.
        normalizer: 'sigmoid', 'softmax' or None.

    Returns:
        Shape (N, C, h, w), in the dtype of the image, float32 for uint8.
    """
    (w1, b1), (w2, b2) = (tuple(tensor.contiguous() for tensor in pair) for pair in weights)
    image = image.contiguous()
    count = len(rows) * len(cols)
    dtype = image.dtype if image.is_floating_point() else torch.float32
    out = image.new_empty(*image.shape[:2], len(rows), len(cols), dtype=dtype)
    with torch.cuda.device_of(image):
        _downsize_kernel[_grid(image, count)](
            image, w1, b1, w2, b2, head.contiguous(), prior.contiguous(), rows, cols, out,
            count, len(cols), *image.shape[1:],
            FAN=_fan(w1), C=len(w1), GROUPS=groups, TAPS=taps,
            NEIGHBOURS=max(16, triton.next_power_of_2(taps**2)),
            NORMALIZER=normalizer or 'none', LOW=_low(image), BLOCK=BLOCK,
        )  # fmt: skip
    return out


class _Texture(torch.autograd.Function):
    @staticmethod
    def forward(ctx, image, w1, b1, w2, b2, rows, cols):
        image, w1, b1, w2, b2 = (tensor.contiguous() for tensor in (image, w1, b1, w2, b2))
        count = len(rows) * len(cols)
        out = w2.new_empty(len(image), len(rows), len(cols), len(w2))
        with torch.cuda.device_of(image):
            _texture_kernel[_grid(image, count)](
                image, w1, b1, w2, b2, rows, cols, out, count, len(cols), *image.shape[1:],
                FAN=_fan(w1), C=len(w1), LOW=_low(image), BLOCK=BLOCK,
            )  # fmt: skip
        ctx.save_for_backward(image, w1, b1, w2, b2, rows, cols, out)
        return out.permute(0, 3, 1, 2)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        image, w1, b1, w2, b2, rows, cols, out = ctx.saved_tensors
        count = len(rows) * len(cols)
        inputs = (w1, b1, w2, b2)
        size = sum(tensor.numel() for tensor in inputs)
        grid = _grid(image, count)
        parts = image.new_empty(grid[0] * grid[1], size, dtype=torch.float32)
        grad = grad.permute(0, 2, 3, 1).contiguous()
        with torch.cuda.device_of(image):
            _texture_grad_kernel[grid](
                image, w1, b1, w2, rows, cols, out, grad, parts, count, len(cols),
                *image.shape[1:], size, FAN=_fan(w1), C=len(w1), BLOCK=BLOCK,
            )  # fmt: skip
        # One row a program, then a sum: the same gradients in every run, unlike atomic additions.
        grads = parts.sum(dim=0).split([tensor.numel() for tensor in inputs])
        grads = (g.view_as(x).to(x.dtype) for g, x in zip(grads, inputs, strict=True))
        return None, *grads, None, None


def _grid(image: Tensor, count: int) -> tuple[int, int]:
    return triton.cdiv(count, BLOCK), len(image)


def _fan(weight: Tensor) -> int:
    return max(16, triton.next_power_of_2(weight[0].numel()))


def _low(image: Tensor) -> tl.dtype:
    """Choose what the matrix products take: half precision only where autocast asks for it."""
    kind = image.device.type
    if not torch.is_autocast_enabled(kind):
        return tl.float32
    return {torch.float16: tl.float16, torch.bfloat16: tl.bfloat16}[torch.get_autocast_dtype(kind)]
