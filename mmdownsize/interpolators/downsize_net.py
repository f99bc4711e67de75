"""DownsizeNet: interpolation whose coefficients are inferred from position and texture."""

from collections.abc import Sequence

import torch
from mmengine.registry import MODELS
from torch import Tensor, nn

from ..ops import DISTANCES, conv_float_pool, float_pool, fuses, weighted_sum
from .axis import Axis, places_of_groups
from .bands import interpolate_in_bands
from .base import Interpolator
from .coefficients import NeighbourLogits, SupportLogits, as_logits, normalize
from .options import check_counts, check_one_of, check_positive, mean_and_std
from .texture_start import check_averaging, start_averaging, take_mean_off


@MODELS.register_module()
class DownsizeNet(Interpolator):
    """Infer the interpolation coefficients of each output pixel from its place and its texture.

    Two to four 3x3 convolutions describe the texture; each output pixel takes the features of its
    top-left neighbour P (floating point pooling), adds the relative distance map of its
    neighbours, and a 1x1 convolution makes the coefficients, at least 0 and summing to one: what
    comes out is an image again, of any size asked for, and differentiable.

    Args:
        in_channels: channels of the image or feature map.
        num_convs: 3x3 convolutions of the texture branch, at least 1; 2 to 4 in the paper.
        channels: their channels.
        taps: neighbours per axis: 2 or 4, as in the paper, or 'support': all the input pixels
            that antialiased interpolation reads, whatever the ratio, by the same weights.
        coef_groups: sets of coefficients, a divisor of `in_channels`. 1 as in the paper: one set
            for all channels; `in_channels`: each channel its own.
        distance: relative distance map, one of `mmdownsize.ops.DISTANCES`.
        phase: how far the place of each group lies from the centre of the output pixel, in output
            pixels, from 0 to 0.5 and as far as the neighbours reach; evenly around it. Distances
            are measured from there: alike channels start with different samples. 0 in the paper.
        coverage: whether a neighbour counts only by the share of it that the output pixel covers,
            so that even coefficients are those of area averaging; with `taps` of 4 up to a ratio
            of 3, and nearly up to 4. At ratios below 3, `init` then starts narrower than its
            distance map. Off in the paper. Needs a normalizer.
        normalizer: 'sigmoid' (then divided by the sum) or 'softmax'; None is the paper's bilinear
            special case: coefficients are as the convolution gives them, without bias, and
            nothing holds them in [0, 1] once they are trained.
        init: 'bilinear' starts at the interpolation that the distance map describes (with
            'bicubic', at the part of it that is not negative); 'random' as torch does.
        sharpness: factor of the distance logits at an `init` of 'bilinear', greater than 0. 1
            starts exactly; less starts softer, with more gradient for far neighbours.
        zero_mean: whether the first filters start with their mean taken off, channel by channel:
            they see differences of pixels, not brightness and colour.
        averaging: two standard deviations of grain, on the scale of the image: an `init` of
            'bilinear' averages all neighbours where the texture is weaker than the one or stronger
            than the other. Their logits are so high there that all sigmoids are one; between, they
            are so low that the sigmoids are exponentials, and distance decides, more sharply than
            without it. To measure texture, each of the first filters starts as one pixel of grey
            less the mean around it, and half of them show what is beyond 1.6 times the higher
            limit. They keep to it only at a low learning rate. None: texture counts for nothing at
            the start. Needs 'sigmoid', and `num_convs` and `channels` of at least 2.
        mean, std: of each channel, which the texture branch alone normalizes with; a number or one
            a channel, in the order of the channels as they come (BGR in OpenMMLab). None:
            ImageNet's for three channels, else 0 and 1.
        init_cfg: as in mmengine, for instance ``dict(type='Pretrained', checkpoint=...,
            prefix='data_preprocessor.interpolator')``.

    Raises:
        ValueError: an option is out of range.

    Example:
        >>> net = DownsizeNet(num_convs=2)
        >>> small = net(255 * torch.rand(1, 3, 30, 50), (9, 15))
        >>> small.shape
        torch.Size([1, 3, 9, 15])

    Source: L. Ma and W. Li, "Task Generalizable Spatial and Texture Aware Image Downsizing
    Network"; activations, padding, initialization and the distance maps are our reading of it.
    """

    def __init__(
        self,
        in_channels: int = 3,
        num_convs: int = 2,
        *,
        channels: int = 16,
        taps: int | str = 2,
        coef_groups: int = 1,
        distance: str = 'bilinear',
        phase: float = 0.0,
        coverage: bool = False,
        normalizer: str | None = 'sigmoid',
        init: str = 'bilinear',
        sharpness: float = 1.0,
        zero_mean: bool = False,
        averaging: tuple[float, float] | None = None,
        mean: float | Sequence[float] | None = None,
        std: float | Sequence[float] | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(in_channels, init_cfg)
        counts = dict(num_convs=num_convs, channels=channels, coef_groups=coef_groups)
        check_counts(in_channels=in_channels, **counts)
        if in_channels % coef_groups:
            raise ValueError(f'coef_groups divides in_channels={in_channels}, got {coef_groups}')
        check_one_of('taps', taps, (2, 4, 'support'))
        check_one_of('distance', distance, tuple(DISTANCES))
        check_one_of('normalizer', normalizer, ('sigmoid', 'softmax', None))
        check_one_of('init', init, ('bilinear', 'random'))
        _check_sharpness(sharpness, normalizer)
        if averaging is not None:
            check_averaging(averaging, normalizer, num_convs=num_convs, channels=channels)
        if coverage and normalizer is None:
            raise ValueError('coverage=True needs a normalizer: shares do not sum to one')
        self.taps = taps
        self.distance = distance
        self.places = places_of_groups(phase, coef_groups)
        self.coverage = coverage
        self.normalizer = normalizer
        self.convs = nn.ModuleList(
            nn.Conv2d(
                channels if i else in_channels, channels, 3, padding=1, padding_mode='replicate'
            )
            for i in range(num_convs)
        )
        if taps == 'support':
            self.head = SupportLogits(channels, groups=coef_groups)
        else:
            bias = normalizer is not None
            self.head = NeighbourLogits(channels, taps, groups=coef_groups, bias=bias)
        for conv in self.convs:
            nn.init.kaiming_normal_(conv.weight, nonlinearity='relu')
            nn.init.zeros_(conv.bias)
        mean, std = mean_and_std(mean, std, in_channels)
        averaging = averaging if init == 'bilinear' else None
        if zero_mean:
            take_mean_off(self.convs[0])
        if init == 'bilinear':
            self.head.start_at(sharpness)
        if averaging is not None:
            start_averaging(self.convs, self.head, std, *averaging)
        self.register_buffer('mean', mean, persistent=False)
        self.register_buffer('std', std, persistent=False)
        function = dict(taps=taps, distance=distance, normalizer=normalizer)
        function |= dict(mean=self.mean.tolist(), std=self.std.tolist())
        ours = dict(phase=phase, coverage=coverage)
        self._record(**function, **{name: value for name, value in ours.items() if value})

    @classmethod
    def as_bilinear(cls, **options) -> 'DownsizeNet':
        """Build the paper's special case, equal to bilinear interpolation.

        Equal to ``torch.nn.functional.interpolate(mode='bilinear', align_corners=False)``: the
        filters of the 1x1 convolution pick the distance channels, without bias or normalizer.

        Example:
            >>> image = torch.rand(1, 3, 7, 9)
            >>> torch.allclose(
            ...     DownsizeNet.as_bilinear()(image, (3, 4)),
            ...     nn.functional.interpolate(image, (3, 4), mode='bilinear'), atol=1e-6)
            True
        """
        return cls(**options, taps=2, distance='bilinear', normalizer=None, init='bilinear')

    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """See `Interpolator.forward`."""
        rows, cols = self._axes(image, size)
        fused = fuses(image, self._weights())
        if fused and self._in_one_pass():
            return self._fused(image, rows, cols)
        # Folded weights times raw pixels would lose bits that half precision does not have.
        folded = fused or not self._in_half_precision(image)
        convs = self._folded() if folded else self._weights()

        def describe(image: Tensor, rows: Axis, cols: Axis) -> Tensor:
            features = image if folded else self._normalized(image)
            features = features.to(convs[0][0].dtype)
            spacing = min(axis.source // axis.target for axis in (rows, cols))
            texture = conv_float_pool(features, convs, rows.places, cols.places, spacing=spacing)
            return self._read(texture)

        def interpolate(image: Tensor, rows: Axis, cols: Axis, read: Tensor) -> Tensor:
            coefficients = self._coefficients(read, rows, cols)
            return weighted_sum(image, coefficients, rows.taps, cols.taps)

        # Of few neighbours, the coefficients are little against the image, and are made at once.
        whole = self.taps != 'support'
        if fused and whole:  # nor does a kernel make any map that bands would keep small
            return interpolate(image, rows, cols, describe(image, rows, cols))
        result = interpolate_in_bands(
            describe if whole else lambda *part: interpolate(*part, describe(*part)),
            image,
            rows,
            cols,
            halo=len(convs),
            channels=max(*(len(weight) for weight, _ in convs), *self._taps_in_bands()),
        )
        return interpolate(image, rows, cols, result) if whole else result

    def reads_bytes(self, image: Tensor) -> bool:
        """See `Interpolator.reads_bytes`."""
        return self._in_one_pass() and fuses(image, self._weights())

    def coefficients(self, image: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
        """Infer the coefficients of every output pixel, the plain way.

        Args:
            image: float tensor of shape (N, C, H, W).
            size: height and width of the result, in pixels.

        Returns:
            The coefficients, float32 of shape (N, coef_groups, I, J, h, w); the rows of the image
            that they weigh, int64 of shape (I, h); and the columns, int64 of shape (J, w). An
            index outside the image stands for the pixel at its border.
        """
        rows, cols = self._axes(image, size)
        read = self._read(self.texture(image, size))
        return self._coefficients(read, rows, cols), rows.taps, cols.taps

    def texture(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """Describe the texture at P the plain way: dense convolutions, then floating point pooling.

        The oracle of the way that `interpolate` goes, and slower. Shape (N, channels, *size).
        """
        features = self._normalized(image).to(self.convs[0].weight.dtype)
        for conv in self.convs:
            features = conv(features).relu()
        rows, cols = self._axes(image, size)
        return float_pool(features, rows.first, cols.first)

    def _axes(self, image: Tensor, size: tuple[int, int]) -> list[Axis]:
        options = dict(taps=self.taps, distance=self.distance, coverage=self.coverage)
        return [
            Axis.recall(image, dim, target, shifts=shifts, **options)
            for dim, target, shifts in zip((-2, -1), size, self.places, strict=True)
        ]

    def _read(self, texture: Tensor) -> Tensor:
        with torch.autocast(texture.device.type, enabled=False):
            return self.head.read(texture)

    def _coefficients(self, read: Tensor, rows: Axis, cols: Axis) -> Tensor:
        with torch.autocast(read.device.type, enabled=False):
            logits = self.head(read, self._distance(rows, cols), (rows.spread, cols.spread))
            some = self.taps == 'support' or self.coverage
            inside = _outer(rows.inside, cols.inside) if some else None
            share = _outer(rows.share, cols.share) if self.coverage else None
            return normalize(logits, self.normalizer, inside, share)

    def _distance(self, rows: Axis, cols: Axis) -> Tensor:
        distance = _outer(rows.weights, cols.weights)
        return as_logits(distance, self.normalizer)

    def _fused(self, image: Tensor, rows: Axis, cols: Axis) -> Tensor:
        from ..ops.fused import downsize

        with torch.autocast(image.device.type, enabled=False):
            prior = self.head.prior(self._distance(rows, cols))
        return downsize(
            image,
            self._folded(),
            self.head.from_texture(),
            prior,
            rows.first,
            cols.first,
            taps=self.taps,
            groups=self.head.groups,
            normalizer=self.normalizer,
        )

    def _taps_in_bands(self) -> tuple[int, ...]:
        """Count, in maps of the image's size, the neighbours that are gathered in bands."""
        return (4 * self.in_channels, 4 * self.head.groups) if self.taps == 'support' else (0,)

    def _in_one_pass(self) -> bool:
        learns = torch.is_grad_enabled() and any(p.requires_grad for p in self.parameters())
        return self.taps != 'support' and not self.coverage and not learns

    def _in_half_precision(self, image: Tensor) -> bool:
        autocast = torch.is_autocast_enabled(image.device.type)
        return autocast or self.convs[0].weight.dtype in (torch.float16, torch.bfloat16)

    def _normalized(self, image: Tensor) -> Tensor:
        return (image - self.mean.view(-1, 1, 1)) / self.std.view(-1, 1, 1)

    def _weights(self) -> list[tuple[Tensor, Tensor]]:
        return [(conv.weight, conv.bias) for conv in self.convs]

    def _folded(self) -> list[tuple[Tensor, Tensor]]:
        """Weights and biases of the convolutions, the first of which normalizes the image, too.

        Its padding is a replication, so that this changes nothing at the border.
        """
        (weight, bias), *others = self._weights()
        dtype = torch.promote_types(weight.dtype, torch.float32)
        weight = weight.to(dtype) / self.std.view(-1, 1, 1)
        bias = bias - (weight * self.mean.view(-1, 1, 1)).sum(dim=(1, 2, 3))
        return [(weight, bias), *others]


def _outer(rows: Tensor, cols: Tensor) -> Tensor:
    """Combine the maps of two axes, (..., I, h) and (..., J, w), into one (..., I, J, h, w)."""
    return rows[..., :, None, :, None] * cols[..., None, :, None, :]


def _check_sharpness(sharpness: float, normalizer: str | None) -> None:
    check_positive(sharpness=sharpness)
    if normalizer is None and sharpness != 1:
        raise ValueError(
            f'sharpness={sharpness} needs a normalizer: without one, coefficients sum to it'
        )
