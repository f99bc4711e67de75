"""One run of an experiment: a config, the interpolator put into it, a seed, and what varies."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import MODELS

from ..config import load_config, read_interpolator
from .metrics import metric_of

INTERPOLATOR = 'model.data_preprocessor.interpolator'
SEED = 'randomness.seed'
FREEZE = 'FreezeInterpolatorHook'
WORK_DIRS = 'work_dirs/'
LONGEST_NAME = 200  # file systems take 255 bytes, and endings are added
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
        source: the run whose weights this one is given, where its config names a checkpoint: the
            interpolator, frozen, or the backbone or the whole model to start from.

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
        """What it is, fit for a file; runs that differ in `options` alone share it."""
        varied = [f'{key}={value}' for key, value in self.varied.items()]
        text = '-'.join([self.family, *varied, f'seed{self.seed}'])
        if self.source is not None:
            text += f'-from-{self.source.name}'
        return _fit_for_a_file(text)

    @property
    def family(self) -> str:
        """The beginning of its name, which runs with the same settings share."""
        return _fit_for_a_file(f'{Path(self.config).stem}-{self.interpolator}')

    @property
    def identity(self) -> str:
        """A name for its files that no run with other settings has; a long one is cut."""
        return f'{self.name[:LONGEST_NAME]}-{self.short_fingerprint}'

    def all_varied(self) -> dict[str, object]:
        """What is varied; that of the source too, its keys behind 'source '."""
        source = {} if self.source is None else self.source.all_varied()
        return {**self.varied, **{f'source {key}': value for key, value in source.items()}}

    def settings(self) -> dict[str, object]:
        """Everything that is overridden in the config, by dotted keys."""
        chosen = {'_delete_': True} | read_interpolator(self.interpolator)
        return {
            SEED: self.seed,
            **{f'{INTERPOLATOR}.{key}': value for key, value in chosen.items()},
            **self.options,
            **self.varied,
        }

    def load(self) -> Config:
        """Read the config as this run has it, once; it is not to be changed.

        Raises:
            FileNotFoundError: there is no such config.
            ValueError: it has no interpolator that could be replaced, there is none such, or a
                setting names a place that the config does not have.
        """
        return self._config

    @cached_property
    def _config(self) -> Config:
        config = copy.deepcopy(_read(self.config))
        if 'interpolator' not in config.get('model', {}).get('data_preprocessor', {}):
            raise ValueError(
                f'{self.config} has no {INTERPOLATOR} that could be replaced: take a config whose '
                'data_preprocessor is a DownsizePreprocessor'
            )
        try:
            config.merge_from_dict(self.settings())
        except (KeyError, TypeError) as error:
            raise ValueError(f'{self.config} does not take these settings: {error}') from error
        return config

    def check(self) -> None:
        """Find what would stop the run, before it is started.

        Raises:
            FileNotFoundError: see `load`.
            ValueError: see `load`; or an option of the interpolator is unknown or out of range, or
                its evaluator has no score that is known to count.
        """
        config = self.load()
        metric_of(config)
        try:
            MODELS.build(config.model.data_preprocessor.interpolator)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f'{self.interpolator} cannot be built: {error}') from error

    def checkpoints(self) -> dict[str, str | None]:
        """Find where the config names checkpoints of a source, and which.

        It may do so in the hook, for the backbone and as ``load_from``. Weights that are not below
        `WORK_DIRS` are from elsewhere, and stay.
        """
        config = self.load()
        found = {
            f'custom_hooks.{index}.checkpoint': hook.get('checkpoint')
            for index, hook in enumerate(config.get('custom_hooks', []))
            if hook['type'] == FREEZE
        }
        pretrained = config.model.get('backbone', {}).get('init_cfg') or {}
        if str(pretrained.get('checkpoint')).startswith(WORK_DIRS):
            found['model.backbone.init_cfg.checkpoint'] = pretrained['checkpoint']
        if str(config.get('load_from')).startswith(WORK_DIRS):
            found['load_from'] = config.load_from
        return found

    @cached_property
    def fingerprint(self) -> str:
        """Digest all that decides the outcome: the whole config, and that of the source.

        Where a source is given, its fingerprint stands for the checkpoints that the config names.
        """
        settings = self.load().to_dict()
        settings.pop('work_dir')
        text = json.dumps(settings, sort_keys=True, default=str)
        if self.source is not None:
            for checkpoint in self.checkpoints().values():
                text = text.replace(json.dumps(checkpoint), 'null')
            text += self.source.fingerprint
        digest = hashlib.sha256(text.encode())
        return digest.hexdigest()[:16]

    @property
    def short_fingerprint(self) -> str:
        """As much of it as is in the names of files."""
        return self.fingerprint[:8]


@lru_cache(maxsize=64)
def _read(path: str) -> Config:
    """Read a config file once, for all runs that share it: a table has dozens."""
    return load_config(path)


def _fit_for_a_file(text: str) -> str:
    return re.sub(r'[^\w.=-]+', '-', text)


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
        ValueError: nothing to run, something is named twice, or a setting is what makes the runs
            differ: the seed, the interpolator, what is varied.

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
    for key in (*vary, *(options or {})):
        if key == SEED or key.startswith(INTERPOLATOR) or (key in vary and key in (options or {})):
            raise ValueError(
                f'{key} is set in two ways: the seeds, the interpolators and what is varied are '
                'settings of their own'
            )
    return [
        Run(config, interpolator, seed, dict(zip(vary, values, strict=True)), options or {})
        for seed in seeds
        for interpolator in interpolators
        for values in product(*vary.values())
    ]
