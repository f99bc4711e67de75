"""Runs are carried out: finished ones are kept, interrupted ones go on, several at a time."""

import json
import queue
import shlex
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import torch

from ..reports import describe_machine
from .child import ChildFailed, Children, locked
from .commands import Launcher, environment, executable, test_command, train_command
from .metrics import metric_of
from .results import Result, Results
from .run import Run


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
    say: Callable[[str], None] = print

    def folder(self, run: Run) -> Path:
        """Where a run works."""
        return self.work_dir / run.name

    def commands(self, run: Run) -> list[list[str]]:
        """List the commands of a run, those of its source not among them."""
        return [
            train_command(run, self.folder(run), self.launcher, self._source(run)),
            test_command(run, self.folder(run), self.launcher, self._last(run), self._scores(run)),
        ]

    def execute(self, runs: Sequence[Run]) -> dict[str, str]:
        """Carry out runs, sources first, and save the result of each as soon as it is there.

        Args:
            runs: those that have a result are skipped.

        Returns:
            Of each run that failed, its name and the reason.

        Raises:
            ValueError: a result in the folder belongs to other settings.
        """
        self.missing(runs)  # finds mistakes before anything starts
        failed: dict[str, str] = {}
        for wave in _waves(runs):
            for run in wave:
                if run.source is not None and run.source.name in failed:
                    failed[run.name] = f'its source {run.source.name} failed'
            ready = [run for run in wave if run.name not in failed]
            failed |= self._execute_wave([run for run in ready if not self.results.find(run)])
        return failed

    def missing(self, runs: Sequence[Run]) -> list[Run]:
        """List the runs that have no result yet, and their sources, in the order of their turns.

        Raises:
            ValueError: a run cannot be built, or its result belongs to other settings.
        """
        needed = [run for wave in _waves(runs) for run in wave]
        for run in needed:
            run.check()
        return [run for run in needed if self.results.find(run) is None]

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
                    except ChildFailed as error:
                        name = futures[future].name
                        failed[name] = str(error)
                        self.say(f'{name}: failed, {error}')
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
            with locked(folder, tell) as lock:
                if self.results.find(run) is not None:
                    return  # another process has finished it while this one waited
                start = time.monotonic()
                threads = self.threads or max(1, torch.get_num_threads() // self.jobs)
                share = environment(threads, slot, torch.cuda.device_count())
                tell(f'training; all it says is in {folder / "log.txt"}')
                for command in self.commands(run):
                    children.run(
                        executable(command), folder / 'log.txt', share, tell, [lock.fileno()]
                    )
                result = self._result(run, time.monotonic() - start, threads)
                self.results.save(run, result)
                tell(f'{result.metric} {result.score:.2f}')
        finally:
            slots.put(slot)

    def _result(self, run: Run, seconds: float, threads: int) -> Result:
        scores = json.loads(self._scores(run).read_text())
        metric = metric_of(run.load())
        facts = describe_machine('cuda' if torch.cuda.is_available() else 'cpu')
        return Result(
            name=run.name,
            config=run.config,
            interpolator=run.interpolator,
            seed=run.seed,
            varied=_all_varied(run),
            metric=metric.title,
            score=metric.points(scores),
            scores=scores,
            commands=[shlex.join(command) for command in self.commands(run)],
            fingerprint=run.fingerprint(),
            seconds=round(seconds, 1),
            run=facts | dict(threads=threads),
        )

    def _scores(self, run: Run) -> Path:
        return self.folder(run) / 'scores.json'

    def _source(self, run: Run) -> str | None:
        return None if run.source is None else self._last(run.source)

    def _last(self, run: Run) -> str:
        """Name the last checkpoint of a run, which it may not have written yet."""
        loop = run.load().train_cfg
        by_epoch = 'max_epochs' in loop
        name = f'epoch_{loop.max_epochs}.pth' if by_epoch else f'iter_{loop.max_iters}.pth'
        return str(self.folder(run) / name)


def _all_varied(run: Run) -> dict[str, object]:
    source = {} if run.source is None else _all_varied(run.source)
    return {**run.varied, **{f'source {key}': value for key, value in source.items()}}


def _waves(runs: Iterable[Run]) -> list[list[Run]]:
    """Sort runs, and the sources that they need, into those that can run at the same time."""
    waves: list[dict[str, Run]] = []
    for run in runs:
        chain = [run]
        while chain[0].source is not None:
            chain.insert(0, chain[0].source)
        for depth, one in enumerate(chain):
            if depth == len(waves):
                waves.append({})
            waves[depth][one.name] = one
    return [list(wave.values()) for wave in waves]
