"""A child process whose output goes to a log, and whose progress is told."""

import fcntl
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

Tell = Callable[[str], None]
# As mmengine logs it: of a training by epochs, or by iterations.
PROGRESS = re.compile(
    r'(?P<of>Epoch|Iter)\(train\)\s+\[\s*(?P<first>\d+)(?:/(?P<last>\d+))?\]'
    r'(?:\[\s*(?P<step>\d+)/(?P<steps>\d+)\])?.*?eta: (?P<eta>\S+(?: day\S* \S+)?).*?'
    r'loss: (?P<loss>\S+)'
)


class ChildFailed(Exception):
    """A command ended with an error."""


class Children:
    """Commands that run at the same time and are stopped together.

    Example:
        >>> import os, sys, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     log = Path(folder, 'log')
        ...     Children().run([sys.executable, '-c', 'print(1)'], log, os.environ, print, [])
        ...     log.read_text()
        '1\\n'
    """

    def __init__(self) -> None:
        self._running: set[subprocess.Popen] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(
        self, command: Sequence[str], log: Path, environment: dict, tell: Tell, keep: Sequence[int]
    ) -> None:
        """Run a command to its end.

        Args:
            command: its words.
            log: file that its output is added to.
            environment: its variables.
            tell: gets a line for each progress that it reports.
            keep: file descriptors that it inherits, such as that of a lock.

        Raises:
            ChildFailed: it ended with an error, or `stop` was called.
        """
        with log.open('a', encoding='utf-8') as file:
            with self._lock:
                if self._stopped:
                    raise ChildFailed('stopped before it began')
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding='utf-8',
                    errors='replace',
                    env=environment,
                    pass_fds=keep,
                )
                self._running.add(child)
            with child:
                for line in child.stdout:
                    file.write(line)
                    file.flush()
                    if found := progress(line):
                        tell(found)
            with self._lock:
                self._running.discard(child)
        if child.returncode:
            raise ChildFailed(f'exit status {child.returncode}; see the end of {log}')

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def stop(self) -> None:
        """End all that run, and let nothing more begin."""
        with self._lock:
            self._stopped = True
            for child in self._running:
                child.send_signal(signal.SIGTERM)


def progress(line: str) -> str | None:
    """Shorten a line of a training's log; None for one that tells no progress.

    Example:
        >>> progress('... Epoch(train)  [3][20/91]  lr: 2e-03  eta: 0:13:32  loss: 0.9387 ...')
        'epoch 3, step 20/91, loss 0.9387, 0:13:32 left'
    """
    found = PROGRESS.search(line)
    if not found:
        return None
    if found['of'] == 'Epoch':
        where = f'epoch {found["first"]}, step {found["step"]}/{found["steps"]}'
    else:
        where = f'step {found["first"]}/{found["last"]}'
    return f'{where}, loss {found["loss"]}, {found["eta"]} left'


@contextmanager
def locked(folder: Path, tell: Tell, children: Children) -> Iterator[IO]:
    """Hold a folder, so that no two processes work in it; waits while another does.

    A child that inherits the descriptor of the file holds it too, so that one that outlives its
    parent is not joined by a second.

    Args:
        folder: made where it is missing.
        tell: told what is waited for.
        children: once they are stopped, nothing is waited for any more.

    Raises:
        ChildFailed: the children were stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / 'lock').open('w') as file:
        if not _try_lock(file):
            tell(f'another process works in {folder}; waiting until it ends')
            while not _try_lock(file):
                if children.stopped:
                    raise ChildFailed('stopped while it waited')
                time.sleep(0.5)
        yield file


def _try_lock(file: IO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
