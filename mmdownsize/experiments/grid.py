"""Experiments as data: which configs, interpolators, seeds and sources make one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .comparison import BASELINE
from .parts import Parts
from .run import Options, Run, expand

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Pretraining:
    """A training whose weights others start from: the interpolator, frozen, the backbone, or all.

    Attributes:
        config: of the training.
        varied: settings that become columns of the table, by dotted keys.
        options: settings that follow from them.
        interpolator: see `Run.interpolator`; None is that of the run which starts from it.
    """

    config: str
    varied: Options = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    interpolator: str | None = None


@dataclass(frozen=True)
class Grid:
    """Every combination of some interpolators and settings, over seeds.

    Attributes:
        config: that all runs share.
        interpolators: see `Run.interpolator`.
        vary: see `expand`.
        options: see `expand`.
        sources: each run is made once for each of them, trained with the same seed.
    """

    config: str
    interpolators: Sequence[str]
    vary: Mapping[str, Sequence[object]] = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    sources: Sequence[Pretraining] = ()

    def runs(self, seeds: Sequence[int]) -> list[Run]:
        """List the runs.

        Example:
            >>> grid = Grid('configs/mini/fcn_bilinear_camvid.py', ['bilinear', 'dsnet'])
            >>> [run.interpolator for run in grid.runs([0])]
            ['bilinear', 'dsnet']
        """
        runs = expand(
            self.config,
            interpolators=self.interpolators,
            seeds=seeds,
            vary=self.vary,
            options=self.options,
        )
        if not self.sources:
            return runs
        return [
            replace(run, source=_pretraining(source, run))
            for run in runs
            for source in self.sources
        ]


@dataclass(frozen=True)
class Table:
    """Runs that are put side by side.

    Attributes:
        name: of its folder of results.
        title: what it compares, in a line.
        grids: whose runs are its rows.
        data: the set that it is measured on.
        parts: that are shown beside the score, see `parts_table`.
        baseline: interpolator that the others are compared with.
    """

    name: str
    title: str
    data: str
    grids: Sequence[Grid]
    parts: Parts = field(default_factory=dict)
    baseline: str = BASELINE

    def runs(self, seeds: Sequence[int] = SEEDS) -> list[Run]:
        """List the runs of all grids, those of the first seed first.

        Raises:
            ValueError: a seed is named twice.
        """
        if len(set(seeds)) < len(seeds):
            raise ValueError(f'seeds: each is named once, got {list(seeds)}')
        return [run for seed in seeds for grid in self.grids for run in grid.runs([seed])]


@dataclass(frozen=True)
class Experiment:
    """What the paper did, and the tables that repeat it.

    Attributes:
        title: in a line.
        paper: what the paper reports.
        mini: tables at laptop size.
        full: tables at the paper's size.
    """

    title: str
    paper: str
    mini: Sequence[Table]
    full: Sequence[Table]

    def tables(self, size: str) -> Sequence[Table]:
        """Give the tables of a size, 'mini' or 'full'."""
        return dict(mini=self.mini, full=self.full)[size]


def _pretraining(source: Pretraining, run: Run) -> Run:
    interpolator = source.interpolator or run.interpolator
    return Run(source.config, interpolator, run.seed, source.varied, source.options)
