"""What tools/setup_env.py decides: which Python, which compiler, which wheel, and what went wrong.

Standard library only, in syntax that any Python from 3.8 on parses. Nothing here writes anything.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

SUPPORTED = ('3.12', '3.11', '3.10')
GIGABYTE = 1024**3
ANOTHER = 'name another: make PYTHON=/path/to/python3.12'

ASK_PYTHON = """
import importlib.util, json, os, sys, sysconfig
print(json.dumps({
    'version': '%d.%d' % sys.version_info[:2],
    # Environments are made by, and see the packages of, the Python below the one that is active.
    'base': getattr(sys, '_base_executable', None) or sys.executable,
    'venv': all(importlib.util.find_spec(name) for name in ('venv', 'ensurepip')),
    'headers': os.path.isfile(os.path.join(sysconfig.get_paths()['include'], 'Python.h')),
    'platform': sysconfig.get_platform(),
}))
"""
ASK_TORCH = """
import json, os, re, torch
gpu_build = bool(torch.version.cuda or torch.version.hip)
# The condition under which the build of mmcv compiles its GPU operators.
gpu_ops = gpu_build and (torch.cuda.is_available() or os.getenv('FORCE_CUDA') == '1')
print(json.dumps({
    'version': str(torch.__version__),
    'suits': [int(n) for n in re.findall('[0-9]+', str(torch.__version__))[:2]] >= [2, 6],
    'gpu_build': gpu_build,
    'ops': 'gpu' if gpu_ops else 'cpu',
}))
"""

NO_SPACE = 'no space is left on the disk: free some and run make again'
# The first that matches is the cause: a full disk also breaks compilers and connections.
CAUSES = (
    (r'No space left on device|Errno 28\b|Disk quota exceeded', NO_SPACE),
    (
        r'Killed signal terminated|signal: [Kk]illed',
        'the compiler was killed, most likely for lack of memory: run make again with MAX_JOBS=1',
    ),
    (r'^\s*(\S+: (?:fatal )?error: .*)$', 'mmcv did not compile: {}'),
    (
        r'NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|timed out|'
        r'connection broken by|name resolution|Network is unreachable|Connection refused',
        "could not reach the package index: check the network, and pip's index and proxy settings",
    ),
)


class SetupError(Exception):
    """One line: what is in the way and what to do about it."""


def ask(python: str, question: str) -> dict | None:
    """Put a question to an interpreter; None when it does not run or has no answer."""
    try:
        done = subprocess.run([python, '-c', question], capture_output=True, timeout=120)
        return json.loads(done.stdout.decode().strip().splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        return None


def python_candidates(running: str, path: str) -> list[str]:
    """List the Python that runs this, then every supported one on the PATH.

    Not the first of each name alone: a pyenv shim that fails may stand before one that runs.
    """
    folders = path.split(os.pathsep)
    found = [os.path.join(folder, f'python{v}') for v in SUPPORTED for folder in folders]
    return [running] + [python for python in found if os.access(python, os.X_OK)]


def python_problem(python: str, facts: dict | None) -> str | None:
    """Say why an interpreter cannot be used, or None."""
    if facts is None:
        return f'{python} does not run: {ANOTHER}'
    version = facts['version']
    if version not in SUPPORTED:
        return f'Python {version} is not supported: install 3.10, 3.11 or 3.12, or {ANOTHER}'
    if not facts['venv']:
        hint = f'install them (Debian, Ubuntu: apt-get install python{version}-venv)'
        return f'Python {version} has no venv and ensurepip modules: {hint}, or {ANOTHER}'
    return None


def choose_python(candidates: list[str]) -> dict:
    """Return the facts about the first usable interpreter; complain about the first of all."""
    problems = []
    for python in candidates:
        facts = ask(python, ASK_PYTHON)
        problems.append(python_problem(python, facts))
        if problems[-1] is None:
            return facts
    raise SetupError(problems[0])


def find_compiler(environ: dict) -> str | None:
    """Find the C++ compiler: $CXX, else one of the usual names."""
    names = [environ['CXX']] if environ.get('CXX') else ['c++', 'g++', 'clang++']
    path = environ.get('PATH', '')
    return next((name for name in names if shutil.which(name.split()[0], path=path)), None)


def compiler_problem(python: dict, environ: dict) -> str | None:
    """Say why mmcv cannot be compiled, or None."""
    if find_compiler(environ) is None:
        named = f' that $CXX names ({environ["CXX"]})' if environ.get('CXX') else ''
        hint = 'install g++ or clang++ (Debian, Ubuntu: apt-get install g++)'
        return f'no C++ compiler{named} was found, and mmcv must be compiled: {hint}'
    if not python['headers']:
        hint = f'install them (Debian, Ubuntu: apt-get install python{python["version"]}-dev)'
        return f'the C headers of Python are missing, and mmcv must be compiled: {hint}'
    return None


def build_environ(environ: dict, torch: dict, cores: int, memory: int) -> dict:
    """Set the variables under which mmcv is compiled."""
    jobs = max(1, min(cores, int(memory / (1.5 * GIGABYTE))))
    compiler = find_compiler(environ) or 'c++'
    chosen = {
        'CXX': compiler,
        'MMCV_WITH_OPS': '1',
        'MAX_JOBS': environ.get('MAX_JOBS') or str(jobs),
    }
    if not torch['gpu_build']:
        chosen['FORCE_CUDA'] = '0'  # A CUDA toolkit is of no use to a CPU build of torch.
    return chosen


def wheel_folder(cache: Path, mmcv: str, torch: dict, python: dict) -> Path:
    """Name the place of an mmcv wheel after all that it was compiled against.

    pip's own cache goes by mmcv's version alone and would hand it to another torch.
    """
    built_for = f'torch-{torch["version"]}-{torch["ops"]}'
    return cache / f'mmcv-{mmcv}-{built_for}-python-{python["version"]}-{python["platform"]}'


def pinned(name: str, pins: str) -> str:
    """Read the version that a constraints file gives a package."""
    return re.search(rf'(?m)^{name}==(\S+)', pins).group(1)


def explain(output: str) -> str:
    """Find the cause in the output of a command that failed."""
    for pattern, cause in CAUSES:
        found = re.search(pattern, output, re.MULTILINE)
        if found:
            return cause.format(*(group[-300:] for group in found.groups()))
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ['it gave no reason']
    errors = [line for line in lines if re.match(r'(ERROR|error|\w*Error)\b', line)]
    return (errors or lines)[-1][-300:]


def progress(output: str) -> str:
    """Tell how far a command is, from the end of its output."""
    counts = re.findall(r'^\s*\[(\d+)/(\d+)\]', output, re.MULTILINE)
    if counts:
        return 'compiled {} of {} files'.format(*counts[-1])
    steps = re.findall(
        r'^\s*((?:Collecting|Downloading|Installing|Building) .*)', output, re.MULTILINE
    )
    return steps[-1][:70].strip() if steps else 'at work'
