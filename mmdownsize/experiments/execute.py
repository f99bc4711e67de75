"""Runs are carried out: finished ones are kept, interrupted ones go on, several at a time."""

import functools
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ..reports import commit_of_the_code
from .child import Children, Tell, locked
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
from .turns import in_turn, take_turns

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
        """Where a run works; one with the same settings under another name may have begun there."""
        begun = sorted(self.work_dir.glob(f'*-{run.short_fingerprint}'))
        own = self.work_dir / run.identity
        return begun[0] if begun and own not in begun else own

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
        todo, children = self.missing(runs), Children()

        def attempt(run: Run, number: int, place: int) -> str | None:
            def tell(text: str) -> None:
                self.say(f'[{number}/{len(todo)}] {run.name}: {text}')

            try:
                self._one(run, place, tell, children)
            except Exception as error:  # of one run; the others go on
                reason = f'{type(error).__name__}: {error}'
                if not children.stopped:
                    tell(f'failed, {reason}')
                return reason

        return take_turns(todo, self.jobs, attempt, children.stop)

    def missing(self, runs: Sequence[Run]) -> list[Run]:
        """List the runs that have no result yet, and the sources they need, as they take turns.

        Raises:
            FileNotFoundError: a run has no config.
            ValueError: a run cannot be built, or a result is damaged.
        """
        all_of_them = in_turn(runs)
        for run in all_of_them:
            run.check()
            self.commands(run)  # sees that they can be written
        needed = {one.fingerprint for run in runs for one in self._needed(run)}
        return [run for run in all_of_them if run.fingerprint in needed]

    def _needed(self, run: Run, source: bool = False) -> list[Run]:
        """List a run and its sources as far as they are to do; a source needs its checkpoint."""
        if self.results.find(run) and (self.checkpoint(run).is_file() or not source):
            return []
        return [run, *(self._needed(run.source, source=True) if run.source else [])]

    def _one(self, run: Run, place: int, tell: Tell, children: Children) -> None:
        folder = self.folder(run)
        with locked(folder, tell, children) as lock:
            if self.results.find(run) and self.checkpoint(run).is_file():
                return  # another process has finished it while this one waited
            start, log = time.monotonic(), folder / 'log.txt'
            _note_commit(folder)
            tell(f'training; all it says is in {log}')
            for command in self.commands(run):
                share = self._environment(place)
                children.run(executable(command), log, share, tell, [lock.fileno()])
            result = self._result(run, time.monotonic() - start)
            self.results.save(run, result)
            tell(f'{result.metric} {result.score:.2f}')

    def _environment(self, place: int) -> dict[str, str]:
        variables = os.environ | dict(PYTHON=sys.executable, PYTHONUNBUFFERED='1')
        if self.launcher.kind == 'none':  # a job of Slurm has its share from there
            threads = self.threads or max(1, torch.get_num_threads() // self.jobs)
            variables |= environment(threads, place, torch.cuda.device_count())
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
