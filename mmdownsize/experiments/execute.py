"""Runs are carried out: finished ones are kept, interrupted ones go on, several at a time."""

import functools
import json
import os
import queue
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import torch

from ..reports import commit_of_the_code
from .child import Children, locked
from .commands import (
    Launcher,
    environment,
    executable,
    scores_file,
    test_command,
    train_command,
)
from .metrics import metric_of
from .results import Result, Results
from .run import Run

COMMITS = 'commits.txt'


@dataclass(frozen=True)
class Workshop:
    """Where and how runs are carried out.

    Attributes:
        results: gets the result of each run.
        work_dir: holds a folder of logs and checkpoints for each run.
        jobs: runs at a time.
        threads: of each run; None shares out the processor.
        launcher: see `Launcher`.
        say: prints a line.
    """

    results: Results
    work_dir: Path
    jobs: int = 1
    threads: int | None = None
    launcher: Launcher = Launcher()
    say: Callable[[str], None] = functools.partial(print, flush=True)

    def folder(self, run: Run) -> Path:
        """Where a run works."""
        return self.work_dir / run.identity

    def commands(self, run: Run) -> list[list[str]]:
        """List the commands of a run, those of its source not among them."""
        folder, source = self.folder(run), run.source and self.checkpoint(run.source)
        return [
            train_command(run, folder, self.launcher, source and str(source)),
            test_command(
                run, folder, self.launcher, source and str(source), str(self.checkpoint(run))
            ),
        ]

    def checkpoint(self, run: Run) -> Path:
        """Name the last checkpoint of a run, which it may not have written yet."""
        loop = run.load().train_cfg
        by_epoch = 'max_epochs' in loop
        name = f'epoch_{loop.max_epochs}.pth' if by_epoch else f'iter_{loop.max_iters}.pth'
        return self.folder(run) / name

    def execute(self, runs: Sequence[Run]) -> dict[str, str]:
        """Carry out runs, sources first, and save the result of each as soon as it is there.

        Args:
            runs: those that have a result are skipped.

        Returns:
            Of each run that failed, its identity and the reason.

        Raises:
            FileNotFoundError: a run has no config.
            ValueError: a run cannot be built, or a result is damaged.
        """
        self.missing(runs)  # finds mistakes before anything starts
        failed: dict[str, str] = {}
        for wave in _waves(runs):
            ready = []
            for run in self._missing(wave, runs):
                if run.source is not None and run.source.identity in failed:
                    failed[run.identity] = f'its source {run.source.name} failed'
                else:
                    ready.append(run)
            failed |= self._execute_wave(ready)
        return failed

    def missing(self, runs: Sequence[Run]) -> list[Run]:
        """List the runs that have no result yet, and the sources they need, in their order.

        Raises:
            FileNotFoundError: a run has no config.
            ValueError: a run cannot be built, or a result is damaged.
        """
        needed = [run for wave in _waves(runs) for run in wave]
        for run in needed:
            run.check()
            self.commands(run)  # sees that they can be written
        return self._missing(needed, runs)

    def _missing(self, some: Sequence[Run], runs: Sequence[Run]) -> list[Run]:
        """List those that have no result, or no checkpoint for one of the runs that needs it."""
        asked = {run.identity for run in runs}
        needed = {run.source.identity for run in runs if run.source and not self.results.find(run)}
        return [
            run
            for run in some
            if (run.identity in asked | needed and not self.results.find(run))
            or (run.identity in needed and not self.checkpoint(run).is_file())
        ]

    def _execute_wave(self, runs: Sequence[Run]) -> dict[str, str]:
        failed, children, slots = {}, Children(), queue.SimpleQueue()
        for slot in range(self.jobs):
            slots.put(slot)
        with ThreadPoolExecutor(self.jobs) as pool:
            futures = {
                pool.submit(self._one, run, f'[{number}/{len(runs)}]', children, slots): run
                for number, run in enumerate(runs, 1)
            }
            try:
                for future in as_completed(futures):
                    try:
                        future.result()
                    except Exception as error:  # of one run; the others go on
                        run, reason = futures[future], f'{type(error).__name__}: {error}'
                        failed[run.identity] = reason
                        self.say(f'{run.name}: failed, {reason}')
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                children.stop()
                raise
        return failed

    def _one(self, run: Run, count: str, children: Children, slots: queue.SimpleQueue) -> None:
        def tell(text: str) -> None:
            self.say(f'{count} {run.name}: {text}')

        slot, folder = slots.get(), self.folder(run)
        try:
            with locked(folder, tell, children) as lock:
                if self.results.find(run) and self.checkpoint(run).is_file():
                    return  # another process has finished it while this one waited
                start, log = time.monotonic(), folder / 'log.txt'
                _note_commit(folder)
                tell(f'training; all it says is in {log}')
                for command in self.commands(run):
                    share = self._environment(slot)
                    children.run(executable(command), log, share, tell, [lock.fileno()])
                result = self._result(run, time.monotonic() - start)
                self.results.save(run, result)
                tell(f'{result.metric} {result.score:.2f}')
        finally:
            slots.put(slot)

    def _environment(self, slot: int) -> dict[str, str]:
        variables = os.environ | dict(PYTHON=sys.executable, PYTHONUNBUFFERED='1')
        if self.launcher.kind == 'none':  # a job of Slurm has its share from there
            threads = self.threads or max(1, torch.get_num_threads() // self.jobs)
            variables |= environment(threads, slot, torch.cuda.device_count())
        return variables

    def _result(self, run: Run, seconds: float) -> Result:
        tested = json.loads(scores_file(self.folder(run)).read_text())
        metric = metric_of(run.load())
        return Result(
            name=run.name,
            config=run.config,
            interpolator=run.interpolator,
            seed=run.seed,
            varied=run.all_varied(),
            metric=metric.title,
            score=metric.points(tested['scores']),
            scores=tested['scores'],
            commands=[shlex.join(command) for command in self.commands(run)],
            fingerprint=run.fingerprint,
            seconds=round(seconds, 1),
            run=tested['run'] | _commits(self.folder(run), tested['run']),
        )


def _note_commit(folder: Path) -> None:
    """Add the commit of the code that is to train to those that did, as far as they are known."""
    if commit := commit_of_the_code():
        with (folder / COMMITS).open('a') as file:
            print(commit, file=file)


def _commits(folder: Path, tested: dict) -> dict[str, str]:
    """Name the commits of all that trained, and of the test."""
    path = folder / COMMITS
    trained = path.read_text().split() if path.is_file() else []
    known = dict.fromkeys([*trained, *filter(None, [tested.get('commit')])])
    return {'commit': ', '.join(known)} if known else {}


def _waves(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Sort runs, and the sources that they need, into those that can run at the same time.

    Those of one seed come before those of the next, so that what is interrupted is an experiment
    with fewer seeds.
    """
    waves: dict[tuple[int, int], dict[str, Run]] = {}
    seeds: dict[int, int] = {}
    for run in runs:
        turn = seeds.setdefault(run.seed, len(seeds))
        for depth, one in enumerate(_chain(run)):
            waves.setdefault((turn, depth), {})[one.identity] = one
    return (list(waves[key].values()) for key in sorted(waves))


def _chain(run: Run) -> list[Run]:
    """List a run and what it needs, first what comes first."""
    return [*([] if run.source is None else _chain(run.source)), run]
