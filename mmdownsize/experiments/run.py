"""One run of an experiment: a config, the interpolator put into it, a seed, and what varies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import MODELS

from ..config import load_config, read_interpolator

INTERPOLATOR = 'model.data_preprocessor.interpolator'
Options = Mapping[str, object]


@dataclass(frozen=True)
class Run:
    """A training and its test, the same whoever starts it.

    Attributes:
        config: path of the config.
        interpolator: that replaces the config's own: ``name`` or ``name:option=value,...`` of a
            file of ``configs/_base_/interpolators/``.
        seed: of all random numbers.
        varied: the settings by which this run differs from others of its experiment, by dotted
            keys; they are columns of its tables.
        options: settings that it shares with them.
        source: the run whose trained interpolator this one is given, frozen.

    Example:
        >>> Run('configs/mini/fcn_bilinear_camvid.py', 'dsnet:channels=8', seed=1).name
        'fcn_bilinear_camvid-dsnet-channels=8-seed1'
    """

    config: str
    interpolator: str
    seed: int
    varied: Options = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    source: Run | None = None

    @property
    def name(self) -> str:
        """A name that no other run of the experiment has, fit for a file."""
        varied = [f'{key}={value}' for key, value in self.varied.items()]
        text = '-'.join([Path(self.config).stem, self.interpolator, *varied, f'seed{self.seed}'])
        if self.source is not None:
            text += f'-from-{self.source.name}'
        return re.sub(r'[^\w.=-]+', '-', text)

    def settings(self) -> dict[str, object]:
        """Everything that is overridden in the config, by dotted keys."""
        chosen = {'_delete_': True} | read_interpolator(self.interpolator)
        return {
            'randomness.seed': self.seed,
            **{f'{INTERPOLATOR}.{key}': value for key, value in chosen.items()},
            **self.options,
            **self.varied,
        }

    def load(self) -> Config:
        """Read the config as this run has it.

        Raises:
            FileNotFoundError: there is no such config.
            ValueError: it has no interpolator that could be replaced, or there is none such.
        """
        if 'interpolator' not in load_config(self.config).model.get('data_preprocessor', {}):
            raise ValueError(
                f'{self.config} has no {INTERPOLATOR} that could be replaced: take a config whose '
                'data_preprocessor is a DownsizePreprocessor'
            )
        return load_config(self.config, options=self.settings())

    def check(self) -> None:
        """Build the interpolator, once, to see that it can be.

        Raises:
            FileNotFoundError: see `load`.
            ValueError: see `load`; or an option of the interpolator is unknown or out of range.
        """
        config = self.load().model.data_preprocessor.interpolator
        try:
            MODELS.build(config)
        except (TypeError, ValueError) as error:
            raise ValueError(f'{self.interpolator} cannot be built: {error}') from error

    def fingerprint(self) -> str:
        """Digest all that decides the outcome: the whole config, and that of the source."""
        config = self.load()
        config.pop('work_dir')
        digest = hashlib.sha256(config.pretty_text.encode())
        if self.source is not None:
            digest.update(self.source.fingerprint().encode())
        return digest.hexdigest()[:16]


def expand(
    config: str,
    *,
    interpolators: Sequence[str],
    seeds: Sequence[int],
    vary: Mapping[str, Sequence[object]] | None = None,
    options: Options | None = None,
) -> list[Run]:
    """List every combination of interpolator, varied settings and seed.

    Those of one seed stand together, so that an unfinished experiment is one of fewer seeds.

    Args:
        config: path of the config that all runs share.
        interpolators: see `Run.interpolator`.
        seeds: of the random numbers.
        vary: values to try of each dotted key.
        options: settings of all runs, by dotted keys.

    Raises:
        ValueError: nothing to run, or something is named twice.

    Example:
        >>> runs = expand('configs/mini/fcn_bilinear_camvid.py', interpolators=['area', 'dsnet'],
        ...               seeds=[0, 1], vary={'model.data_preprocessor.scale_factor': [0.3, 0.5]})
        >>> len(runs)
        8
    """
    vary = vary or {}
    for name, values in (('interpolators', interpolators), ('seeds', seeds), *vary.items()):
        if not values:
            raise ValueError(f'{name}: at least one is needed')
        if len(set(map(repr, values))) < len(values):
            raise ValueError(f'{name}: each is named once, got {list(values)}')
    return [
        Run(config, interpolator, seed, dict(zip(vary, values, strict=True)), options or {})
        for seed in seeds
        for interpolator in interpolators
        for values in product(*vary.values())
    ]
