"""Make .venv: torch, mmcv compiled for it, the pinned stack, and mmdownsize in editable mode.

    python3 tools/setup_env.py [--python /path/to/python3.12]

Every command writes to .venv/setup.log. The stamp is written last: a .venv without one was
interrupted, one with another stamp was made for something else, and both are made anew.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import setup_checks as checks
from setup_checks import ASK_TORCH, GIGABYTE, SetupError, ask, pinned

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / '.venv'
PYTHON = VENV / 'bin' / 'python'
LOG = VENV / 'setup.log'
STAMP = VENV / 'setup.json'
CONSTRAINTS = VENV / 'constraints.txt'
PINS = ROOT / 'requirements' / 'pinned.txt'
HEARTBEAT = 20.0


def stamp(version: str) -> str:
    """Describe a finished .venv: what it was made of, where, and with which Python."""
    sources = [PINS, ROOT / 'setup.py', Path(__file__), Path(checks.__file__)]
    digest = hashlib.sha256(b'\0'.join(path.read_bytes() for path in sources)).hexdigest()
    return json.dumps({'sources': digest, 'root': str(ROOT), 'python': version})


def is_ready(versions: tuple[str, ...]) -> bool:
    """Tell whether .venv is finished, as would be made now with one of these Pythons."""
    written = STAMP.read_text() if STAMP.is_file() else ''
    return PYTHON.exists() and written in [stamp(version) for version in versions]


def check_disk(folder: Path, gigabytes: float) -> None:
    """Raise SetupError when the disk of a folder has too little room."""
    free = shutil.disk_usage(str(folder)).free / GIGABYTE
    if free < gigabytes:
        lack = f'{folder} has {free:.1f} GB of free disk space and {gigabytes:.1f} GB are needed'
        raise SetupError(f'{lack}: free some and run make again')


def check_compiler(python: dict) -> None:
    """Raise SetupError when mmcv cannot be compiled."""
    problem = checks.compiler_problem(python, dict(os.environ))
    if problem:
        raise SetupError(problem)


def cache_folder() -> Path:
    """Find the user's own cache, which outlives this checkout."""
    home = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    return Path(home) / 'mmdownsize'


class Setup:
    """The steps that make .venv, with the clock and the lock that they share."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.lock = os.open(str(ROOT), os.O_RDONLY)
        self.pins = PINS.read_text()

    def say(self, text: str) -> None:
        """Print a line with the elapsed time."""
        minutes, seconds = divmod(int(time.monotonic() - self.start), 60)
        print(f'[{minutes:2d}:{seconds:02d}] {text}', flush=True)

    def wait_for_others(self) -> None:
        """Let another set-up in this folder end first, also what is left of one that was killed."""
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.say('another set-up is at work in this folder: waiting for it')
            fcntl.flock(self.lock, fcntl.LOCK_EX)

    def watch(self, child: subprocess.Popen, log, begin: int) -> None:
        """Wait for a command, with a line now and then on how far it is."""
        while True:
            try:
                child.wait(HEARTBEAT)
                return
            except subprocess.TimeoutExpired:
                log.seek(max(begin, log.seek(0, os.SEEK_END) - 20000))
                self.say('    ' + checks.progress(log.read().decode(errors='replace')))

    def run(self, *command: str, **environ: str) -> None:
        """Run a command with its output in the log.

        Raises:
            SetupError: The command failed.
        """
        own = {'LC_ALL': 'C', 'PIP_USER': '0', 'PIP_NO_INPUT': '1'}
        with LOG.open('ab+') as log:
            log.write(f'\n$ {" ".join(command)}\n'.encode())
            begin = log.seek(0, os.SEEK_END)
            child = subprocess.Popen(
                command,
                cwd=str(ROOT),
                env={**os.environ, **own, **environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[self.lock],  # Locked for as long as the child lives, whatever kills us.
            )
            try:
                self.watch(child, log, begin)
            finally:
                child.terminate()
                child.wait()
            log.seek(begin)
            output = log.read().decode(errors='replace')
        if child.returncode:
            full = shutil.disk_usage(str(ROOT)).free < GIGABYTE / 50  # The log was cut short too.
            cause = checks.NO_SPACE if full else checks.explain(output)
            raise SetupError(f'{cause} (log: {LOG.relative_to(ROOT)})')

    def pip(self, *arguments: str, **environ: str) -> None:
        """Run pip in .venv, with the programs of .venv first on the PATH."""
        path = f'{PYTHON.parent}{os.pathsep}{os.environ.get("PATH", "")}'
        flags = ('--disable-pip-version-check', '--retries', '2')
        self.run(str(PYTHON), '-m', 'pip', *flags, *arguments, PATH=path, **environ)

    def install(self, *requirements: str) -> None:
        """Install under the pinned versions, which keep setuptools below 81 in every call."""
        self.pip('install', '-c', str(CONSTRAINTS), *requirements)

    def make_venv(self, python: dict) -> None:
        """Make .venv, open to the torch of its Python when that serves, and install torch else."""
        there = ask(python['base'], ASK_TORCH)
        keep = bool(there and there['suits'])
        self.say(f'making .venv with Python {python["version"]} ({python["base"]})')
        VENV.mkdir()
        options = ['--system-site-packages'] if keep else []
        self.run(python['base'], '-m', 'venv', *options, str(VENV))
        torch = there['version'] if keep else pinned('torch', self.pins)
        CONSTRAINTS.write_text(re.sub('(?m)^torch==.*', f'torch=={torch}', self.pins))
        self.install('pip>=22', 'setuptools', 'wheel', 'ninja')
        self.say(f'{"keeping" if keep else "installing"} torch {torch}')
        if not keep:
            self.install(f'torch=={torch}')

    def build_mmcv(self, folder: Path, python: dict, torch: dict) -> None:
        """Compile mmcv in a temporary folder and keep the wheel."""
        check_compiler(python)
        check_disk(Path(tempfile.gettempdir()), 1)
        folder.mkdir(parents=True, exist_ok=True)
        version = pinned('mmcv', self.pins)
        self.say(f'compiling mmcv {version} for torch {torch["version"]}: once, 5 to 10 minutes')
        cores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()
        memory = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
        environ = checks.build_environ(dict(os.environ), torch, cores or 1, memory)
        flags = ('-v', '--no-build-isolation', '--no-deps', '--no-cache-dir', '--no-binary=mmcv')
        temp = tempfile.mkdtemp(prefix='mmdownsize-')
        try:
            self.pip('wheel', *flags, '-w', temp, f'mmcv=={version}', TMPDIR=temp, **environ)
            built = next(Path(temp).glob('mmcv-*.whl'))
            # First under another name: a wheel that stands there is always whole.
            part = shutil.copy(str(built), str(folder / f'{built.name}.part{os.getpid()}'))
            os.replace(part, str(folder / built.name))
        finally:
            shutil.rmtree(temp, ignore_errors=True)

    def install_stack(self, python: dict) -> None:
        """Install the pinned stack, with an mmcv from the cache or else compiled."""
        torch = ask(str(PYTHON), ASK_TORCH)
        if torch is None:
            raise SetupError(f'torch does not import: {PYTHON} -c "import torch" says why')
        folder = checks.wheel_folder(cache_folder(), pinned('mmcv', self.pins), torch, python)
        cached = list(folder.glob('mmcv-*.whl'))
        if cached:
            self.say(f'taking mmcv from {folder}')
        else:
            self.build_mmcv(folder, python, torch)
        self.say('installing mmengine, mmdet, mmsegmentation and mmdownsize')
        self.install('--no-deps', '--force-reinstall', *map(str, folder.glob('mmcv-*.whl')))
        self.install('--no-build-isolation', '-e', f'{ROOT}[openmmlab,dev]')
        self.settle_opencv()
        try:
            self.run(str(PYTHON), '-c', 'import mmcv.ops')
        except SetupError:
            if not cached:
                raise
            self.say('that mmcv does not load here: compiling it anew')
            shutil.rmtree(str(folder))
            self.install_stack(python)

    def settle_opencv(self) -> None:
        """Take OpenCV's headless build where the libraries of a desktop are missing."""
        try:
            self.run(str(PYTHON), '-c', 'import cv2')
        except SetupError as error:
            if 'cannot open shared object file' not in str(error):
                raise
            self.say('no desktop libraries here: taking opencv-python-headless for opencv-python')
            self.pip('uninstall', '-y', 'opencv-python')
            self.install('opencv-python-headless')


def set_up(chosen: str | None) -> None:
    """Make .venv unless it is ready."""
    candidates = (
        [chosen] if chosen else checks.python_candidates(sys.executable, os.environ.get('PATH', ''))
    )
    python = checks.choose_python(candidates) if chosen else None
    versions = (python['version'],) if python else checks.SUPPORTED
    setup = Setup()
    if not is_ready(versions):
        setup.wait_for_others()
    if is_ready(versions):
        setup.say('.venv is ready')
        return
    python = python or checks.choose_python(candidates)
    if not list(cache_folder().glob(f'mmcv-*-python-{python["version"]}-*/*.whl')):
        check_compiler(python)  # At the start, rather than after torch has been fetched.
    if VENV.exists():
        setup.say('removing .venv, which is unfinished or out of date')
        shutil.rmtree(str(VENV))
    check_disk(ROOT, 3)
    setup.make_venv(python)
    setup.install_stack(python)
    setup.run(str(PYTHON), '-c', 'import mmdet, mmseg')
    STAMP.write_text(stamp(python['version']))
    setup.say('.venv is ready')


def interrupt(*_) -> None:
    """Treat SIGTERM as Ctrl-C."""
    raise KeyboardInterrupt


def main() -> None:
    """Parse the command line and turn whatever is in the way into one line."""
    parser = argparse.ArgumentParser(description='Make .venv with all that mmdownsize needs.')
    parser.add_argument('--python', help='the Python to take, 3.10 to 3.12')
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    try:
        set_up(arguments.python)
    except SetupError as error:
        sys.exit(f'mmdownsize set-up: {error}')
    except OSError as error:
        sys.exit(f'mmdownsize set-up: {checks.explain(str(error))}')
    except KeyboardInterrupt:
        sys.exit('mmdownsize set-up: interrupted; the next run starts afresh')


if __name__ == '__main__':
    main()
