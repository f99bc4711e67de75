"""What a wheel, a source distribution and an editable install hold."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ('configs', 'mmdownsize', 'requirements', 'tests', 'tools', 'LICENSE', 'MANIFEST.in')
SOURCES += ('Makefile', 'model-index.yml', 'pyproject.toml', 'setup.py')
MIM = 'mmdownsize/.mim'
FIND = """
import importlib.util, pathlib, site, sys
site.addsitedir(sys.argv[1])
print(pathlib.Path(importlib.util.find_spec('mmdownsize').origin).parent)
"""


def run(*command, cwd):
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def pip(*arguments, cwd):
    flags = ('--no-deps', '--no-build-isolation', '--no-index', '--disable-pip-version-check')
    return run('-m', 'pip', arguments[0], '-q', *flags, *arguments[1:], cwd=cwd)


def build_wheel(source, folder):
    pip('wheel', '-w', folder, source, cwd=folder.parent)
    return zipfile.ZipFile(next(folder.glob('*.whl')))


def files(root, *names):
    """Files below these folders of a root, as the names that they have there."""
    found = [file for name in names for file in (root / name).rglob('*') if file.is_file()]
    return {str(file.relative_to(root)) for file in found if '__pycache__' not in file.parts}


def copy_tree(root):
    root.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns('__pycache__', '.mim')
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, root / name)
    for suffix in ('.pth', '.json'):  # as trained weights are, of which there may be none
        (root / 'mmdownsize' / 'weights' / f'sample{suffix}').write_bytes(b'\x00\xff\r\n')
    return root


def expected(tree):
    """Names of all files that a wheel holds, but for its metadata."""
    modules = {name for name in files(tree, 'mmdownsize') if name.endswith('.py')}
    weights = {name for name in files(tree, 'mmdownsize/weights') if not name.endswith('.py')}
    mim = files(tree, 'configs', 'tools') | {'model-index.yml'}
    return {name for name in modules | weights if '/.mim/' not in name} | {
        f'{MIM}/{name}' for name in mim
    }


def contents(wheel):
    return {name for name in wheel.namelist() if '.dist-info/' not in name}


@pytest.fixture
def tree(tmp_path):
    return copy_tree(tmp_path / 'tree')


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    """A tree that an earlier build has left something in, and the wheel made from it."""
    folder = tmp_path_factory.mktemp('built')
    tree = copy_tree(folder / 'tree')
    (tree / 'build' / 'lib' / MIM / 'configs').mkdir(parents=True)
    (tree / 'build' / 'lib' / MIM / 'configs' / 'removed.py').touch()
    (tree / 'build' / 'lib' / 'mmdownsize' / 'removed.py').touch()
    return tree, build_wheel(tree, folder / 'wheels')


def test_wheel_holds_every_module_and_mim_file_and_nothing_else(built):
    tree, wheel = built
    assert contents(wheel) == expected(tree)
    config = min(files(tree, 'configs'))
    assert wheel.read(f'{MIM}/{config}') == (tree / config).read_bytes()
    assert wheel.read('mmdownsize/weights/sample.pth') == b'\x00\xff\r\n'
    assert not (tree / MIM).exists()


def test_wheel_requires_no_framework_but_torch_and_mmengine(built):
    metadata = next(name for name in built[1].namelist() if name.endswith('/METADATA'))
    lines = built[1].read(metadata).decode().splitlines()
    hard = {line for line in lines if line.startswith('Requires-Dist') and 'extra ==' not in line}
    assert hard == {
        f'Requires-Dist: {name}' for name in ('torch>=2.6', 'mmengine>=0.10.7', 'numpy')
    }


def test_wheel_from_a_source_distribution_is_the_same(tree, tmp_path):
    code = 'from setuptools import build_meta; print(build_meta.build_sdist("dist"))'
    name = run('-c', code, cwd=tree).splitlines()[-1]
    wheel = build_wheel(tree / 'dist' / name, tmp_path / 'wheels')
    assert contents(wheel) == expected(tree)


def install_editable(tree, folder, mode):
    """Install; returns where Python then finds the package."""
    settings = ('--config-settings', f'editable_mode={mode}')
    pip('install', *settings, '--target', folder, '-e', tree, cwd=folder.parent)
    return Path(run('-I', '-S', '-c', FIND, folder, cwd=folder.parent))


@pytest.mark.parametrize('mode', ['lenient', 'strict'])
def test_editable_install_follows_configs_and_tools(tree, tmp_path, mode):
    package = install_editable(tree, tmp_path / 'site', mode)
    config = min(files(tree, 'configs'))
    (tree / config).write_text('edited = True\n')
    assert (package / '.mim' / config).read_text() == 'edited = True\n'
    assert (package / '.mim' / 'model-index.yml').is_file()
    assert files(package / '.mim', 'tools') == files(tree, 'tools')
    assert (package / 'weights' / 'sample.pth').is_file()
    assert (package / 'version.py').samefile(tree / 'mmdownsize' / 'version.py')


def test_wheel_of_a_tree_with_links_is_the_same(tree, tmp_path):
    (tree / MIM).mkdir()
    for name in ('configs', 'tools', 'model-index.yml'):
        (tree / MIM / name).symlink_to(Path('..', '..', name))
    assert contents(build_wheel(tree, tmp_path / 'wheels')) == expected(tree)
    assert files(tree, 'configs')
