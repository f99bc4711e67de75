"""The set-up: what it decides, and what it says when something is missing. Nothing is built."""

import ast
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ('tools/setup_checks.py', 'tools/setup_env.py')
VERSION = '{}.{}'.format(*sys.version_info[:2])
PYTHON_311 = {'version': '3.11', 'venv': True, 'headers': True, 'platform': 'linux-x86_64'}
CPU_TORCH = {'version': '2.13.0+cpu', 'gpu_build': False, 'ops': 'cpu'}


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks = load(ROOT / 'tools' / 'setup_checks.py')


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\n{text}\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize('script', SCRIPTS)
def test_scripts_parse_on_python_38(script):
    ast.parse((ROOT / script).read_text(), feature_version=(3, 8))


@pytest.mark.parametrize(
    ('output', 'cause'),
    [
        ("Retrying after connection broken by 'NewConnectionError(...)'", 'package index'),
        ('Temporary failure in name resolution', 'package index'),
        ('OSError: [Errno 28] No space left on device', 'no space is left'),
        ('  a.cpp:3:10: fatal error: x.h: No such file', 'a.cpp:3:10: fatal error: x.h'),
        ('c++: fatal error: Killed signal terminated program cc1plus', 'lack of memory'),
        ('Collecting x\nERROR: No matching distribution found for x\n', 'No matching distribution'),
        ('Traceback\nImportError: libGL.so.1: cannot open shared object file', 'libGL.so.1'),
        ('one line\nanother\n\n', 'another'),
        ('', 'no reason'),
    ],
)
def test_explain_names_the_cause_in_one_line(output, cause):
    explained = checks.explain(output)
    assert cause in explained
    assert '\n' not in explained


def test_explain_prefers_a_compiler_error_to_a_connection_that_was_retried():
    output = 'WARNING: connection broken by X, retrying\na.cpp:1:1: error: no\nninja: build stopped'
    assert checks.explain(output) == 'mmcv did not compile: a.cpp:1:1: error: no'


def test_explain_of_a_full_disk_wins_over_what_it_broke():
    output = 'a.cpp:1: error: cannot write\nNo space left on device'
    assert checks.explain(output) == checks.NO_SPACE


def test_progress_counts_files_else_shows_the_last_step():
    assert checks.progress('  [3/77] c++ a\n  [4/77] c++ b\n  note') == 'compiled 4 of 77 files'
    assert checks.progress('Collecting torch\n  Downloading torch\n') == 'Downloading torch'
    assert checks.progress('creating /some/folder\n') == 'at work'


@pytest.mark.parametrize('version', ['3.8', '3.9', '3.13'])
def test_python_problem_of_an_unsupported_version(version):
    problem = checks.python_problem('python3', {**PYTHON_311, 'version': version})
    assert f'Python {version} is not supported' in problem


def test_python_problem_names_the_package_that_holds_venv():
    problem = checks.python_problem('python3', {**PYTHON_311, 'venv': False})
    assert 'apt-get install python3.11-venv' in problem


@pytest.mark.parametrize('version', checks.SUPPORTED)
def test_python_problem_is_none_for_a_supported_version(version):
    assert checks.python_problem('python3', {**PYTHON_311, 'version': version}) is None


def test_choose_python_passes_over_a_shim_that_fails(tmp_path):
    name = f'python{VERSION}'
    old = executable(tmp_path / 'old', f"echo '{json.dumps({**PYTHON_311, 'version': '3.8'})}'")
    executable(tmp_path / 'shims' / name, 'echo not activated >&2; exit 127')
    good = executable(tmp_path / 'bin' / name, f'exec "{sys.executable}" "$@"')
    candidates = checks.python_candidates(old, f'{tmp_path}/shims:{tmp_path}/bin')
    assert candidates == [old, str(tmp_path / 'shims' / name), good]
    assert checks.choose_python(candidates)['version'] == VERSION


def test_choose_python_complains_about_the_first():
    with pytest.raises(checks.SetupError, match='/no/first does not run'):
        checks.choose_python(['/no/first', '/no/second'])


def test_compiler_problem_names_what_is_missing(tmp_path):
    assert 'no C++ compiler was found' in checks.compiler_problem(PYTHON_311, {'PATH': ''})
    named = {'PATH': str(tmp_path), 'CXX': 'g++-99'}
    assert '$CXX names (g++-99)' in checks.compiler_problem(PYTHON_311, named)
    executable(tmp_path / 'g++', '')
    assert checks.compiler_problem(PYTHON_311, {'PATH': str(tmp_path)}) is None
    bare = {**PYTHON_311, 'headers': False}
    assert 'python3.11-dev' in checks.compiler_problem(bare, {'PATH': str(tmp_path)})


def test_build_environ_fits_cores_and_memory():
    def jobs(cores, gigabytes, **environ):
        memory = gigabytes * checks.GIGABYTE
        return checks.build_environ(environ, CPU_TORCH, cores, memory)['MAX_JOBS']

    assert jobs(2, 24) == '2'
    assert jobs(32, 8) == '5'
    assert jobs(4, 1) == '1'
    assert jobs(4, 24, MAX_JOBS='3') == '3'


def test_build_environ_compiles_gpu_operators_for_a_gpu_build_of_torch_alone():
    gpu_torch = {**CPU_TORCH, 'gpu_build': True}
    assert checks.build_environ({}, CPU_TORCH, 1, checks.GIGABYTE)['FORCE_CUDA'] == '0'
    assert 'FORCE_CUDA' not in checks.build_environ({}, gpu_torch, 1, checks.GIGABYTE)


def test_wheel_folder_differs_with_all_that_a_wheel_is_compiled_against():
    def folder(mmcv='2.1.0', torch=None, python=None):
        torch, python = {**CPU_TORCH, **(torch or {})}, {**PYTHON_311, **(python or {})}
        return checks.wheel_folder(Path('cache'), mmcv, torch, python)

    folders = {
        folder(),
        folder(mmcv='2.1.1'),
        folder(torch={'version': '2.13.0+cu130'}),
        folder(torch={'ops': 'gpu'}),
        folder(python={'version': '3.12'}),
        folder(python={'platform': 'linux-aarch64'}),
    }
    assert len(folders) == 6
    assert folder() == folder()


@pytest.fixture
def checkout(tmp_path):
    """A copy of what the set-up reads, with a cache that seems to hold a compiled mmcv."""
    root = tmp_path / 'checkout'
    for name in (*SCRIPTS, 'setup.py', 'requirements/pinned.txt'):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    wheel = tmp_path / f'cache/mmdownsize/mmcv-0-python-{VERSION}-any/mmcv-0.whl'
    wheel.parent.mkdir(parents=True)
    wheel.touch()
    return root


def start(checkout, *arguments):
    environ = {
        'PATH': str(checkout),
        'HOME': str(checkout),
        'XDG_CACHE_HOME': str(checkout.parent / 'cache'),
        'PIP_CONFIG_FILE': os.devnull,
        'PIP_INDEX_URL': 'http://127.0.0.1:9/',
    }
    command = [sys.executable, str(checkout / 'tools' / 'setup_env.py'), *arguments]
    pipes = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE}
    # A shell's background jobs ignore Ctrl-C, and hand that down.
    return subprocess.Popen(command, env=environ, text=True, preexec_fn=heed_interrupt, **pipes)


def heed_interrupt():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def complaint(process):
    """What a failed run wrote on stderr: one line."""
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 1, stderr
    assert stderr.startswith('mmdownsize set-up: ')
    assert stderr.count('\n') == 1, stderr
    return stderr


def finish(checkout):
    """Make a .venv that seems finished."""
    executable(checkout / '.venv' / 'bin' / 'python', '')
    code = 'import setup_env; setup_env.STAMP.write_text(setup_env.stamp("3.11"))'
    subprocess.run([sys.executable, '-c', code], cwd=checkout / 'tools', check=True)


def test_setup_without_a_compiler(checkout):
    shutil.rmtree(checkout.parent / 'cache')
    assert 'no C++ compiler was found' in complaint(start(checkout))
    assert not (checkout / '.venv').exists()


def test_setup_with_an_unsupported_python(checkout):
    facts = json.dumps({**PYTHON_311, 'version': '3.13'})
    python = executable(checkout / 'python', f"echo '{facts}'")
    message = complaint(start(checkout, '--python', python))
    assert 'Python 3.13 is not supported' in message


def test_setup_with_a_python_that_is_not_there(checkout):
    assert '/no/python does not run' in complaint(start(checkout, '--python', '/no/python'))


def test_setup_removes_a_half_made_venv_and_tells_of_an_index_out_of_reach(checkout):
    left = executable(checkout / '.venv' / 'bin' / 'left', '')
    assert 'could not reach the package index' in complaint(start(checkout))
    assert not os.path.exists(left)
    assert not (checkout / '.venv' / 'setup.json').exists()
    assert 'NewConnectionError' in (checkout / '.venv' / 'setup.log').read_text()


@pytest.mark.parametrize('sent', [signal.SIGINT, signal.SIGTERM])
def test_setup_interrupted_says_so_and_leaves_no_stamp(checkout, sent):
    process = start(checkout)
    assert 'making .venv' in process.stdout.readline()
    process.send_signal(sent)
    assert 'interrupted' in complaint(process)
    assert not (checkout / '.venv' / 'setup.json').exists()


def test_setup_has_nothing_to_do_when_ready(checkout):
    finish(checkout)
    stdout, stderr = start(checkout).communicate(timeout=60)
    assert '.venv is ready' in stdout
    assert stderr == ''


@pytest.mark.parametrize('name', ['requirements/pinned.txt', 'setup.py', 'tools/setup_env.py'])
def test_setup_is_no_longer_ready_when_its_sources_change(checkout, name):
    finish(checkout)
    with open(checkout / name, 'a') as file:
        file.write('# changed\n')
    process = start(checkout)
    assert 'removing .venv' in process.stdout.readline()
    process.terminate()
    assert 'interrupted' in complaint(process)
