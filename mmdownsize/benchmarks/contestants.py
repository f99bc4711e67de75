"""The interpolators that are compared, by the names of their files in a folder of configs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from mmengine.registry import MODELS
from torch import Tensor

from ..config import interpolator_names, read_interpolator
from ..interpolators import DownsizeNet, Interpolator
from ..ops import weighted_sum

REFERENCE = 'bilinear'
PLAIN = '_plain'
VARIANTS = (
    'dsnet:num_convs=3',
    'dsnet:num_convs=4',
    'dsnet_support:coef_groups=3',
    f'dsnet{PLAIN}',
)


class PlainPath(Interpolator):
    """A DownsizeNet computed the plain way: dense convolutions whose whole maps are kept.

    Args:
        net: it shares its parameters with this one.

    Example:
        >>> net, image = DownsizeNet(init='random'), torch.rand(1, 3, 30, 30)
        >>> torch.allclose(PlainPath(net)(image, (9, 9)), net(image, (9, 9)), atol=1e-5)
        True
    """

    def __init__(self, net: DownsizeNet) -> None:
        super().__init__(net.in_channels)
        self.net = net

    def interpolate(self, image: Tensor, size: tuple[int, int]) -> Tensor:
        """See `Interpolator.forward`."""
        return weighted_sum(image, *self.net.coefficients(image, size))


@dataclass(frozen=True)
class Contestant:
    """One of the interpolators that are compared.

    Attributes:
        name: the file of its config, and what was overridden.
        config: of the interpolator.
        plain: whether it is a DownsizeNet that goes the plain way, see `PlainPath`.
    """

    name: str
    config: dict
    plain: bool = False

    @property
    def is_downsize_net(self) -> bool:
        """Whether it is a DownsizeNet, on its fast path."""
        return self.config['type'] == 'DownsizeNet' and not self.plain

    def build(self, **changes: object) -> Interpolator:
        """Build it, with the same random weights every time; `changes` override its config."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            net = MODELS.build({**self.config, **changes})
        return PlainPath(net) if self.plain else net


def read_contestants(folder: Path, specs: Sequence[str] | None = None) -> list[Contestant]:
    """Read interpolators from a folder of configs.

    Args:
        folder: of files that set ``interpolator``, as ``configs/_base_/interpolators/``.
        specs: ``name``, ``name:option=value,option=value``, or the ``name_plain`` of a
            DownsizeNet (see `PlainPath`). None: every file, and `VARIANTS`.

    Returns:
        The contestants, in that order. The one that the others are compared with, bilinear, comes
        first if it is not among them.

    Raises:
        ValueError: a name or an option is unknown.
    """
    names = interpolator_names(folder)
    if REFERENCE not in names:
        raise ValueError(f'there is no {REFERENCE}.py in {folder}, which others are compared with')
    specs = [*names, *VARIANTS] if specs is None else list(dict.fromkeys(specs))
    if REFERENCE not in specs:
        specs = [REFERENCE, *specs]
    return [_read(folder, spec, names) for spec in specs]


def _read(folder: Path, spec: str, names: Sequence[str]) -> Contestant:
    name, _, options = spec.partition(':')
    plain = name not in names and name.endswith(PLAIN)
    name = name.removesuffix(PLAIN) if plain else name
    config = read_interpolator(f'{name}:{options}' if options else name, folder)
    if plain and config['type'] != 'DownsizeNet':
        raise ValueError(f'only a DownsizeNet has a plain path, {name} is a {config["type"]}')
    contestant = Contestant(spec, config, plain)
    try:
        contestant.build()
    except (TypeError, ValueError) as error:
        raise ValueError(f'{spec} cannot be built: {error}') from error
    return contestant
