"""Packaging: configs/, tools/ and model-index.yml go along as mmdownsize/.mim, where mim looks."""

import os
import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.develop import develop

ROOT = Path(__file__).resolve().parent
PACKAGE = 'mmdownsize'
MIM = ('configs', 'tools', 'model-index.yml')


def mim_files() -> dict[str, str]:
    """Map each file below .mim to its source, both relative to the root."""
    sources = [ROOT / name for name in MIM]
    files = [file for path in sources for file in ([path] if path.is_file() else path.rglob('*'))]
    names = [file.relative_to(ROOT) for file in files if file.is_file()]
    kept = [name for name in names if '__pycache__' not in name.parts]
    return {f'{PACKAGE}/.mim/{name.as_posix()}': name.as_posix() for name in sorted(kept)}


def link_mim() -> None:
    """Link .mim in the source tree, so that an editable install follows every edit."""
    folder = ROOT / PACKAGE / '.mim'
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    for name in MIM:
        (folder / name).symlink_to(Path('..', '..', name), target_is_directory='.' not in name)


class BuildWithMim(build_py):
    """Links to the .mim files in an editable install, copies of them in any other."""

    def run(self) -> None:
        """Build the package, with .mim."""
        if self.editable_mode:
            link_mim()
            super().run()
            return
        # What an earlier build left would otherwise go into this wheel.
        shutil.rmtree(Path(self.build_lib, PACKAGE), ignore_errors=True)
        super().run()
        for target, source in self.mim_mapping().items():
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(source, target)  # scripts stay executable

    def mim_mapping(self) -> dict[str, str]:
        """Map what is built below .mim to its source."""
        return {os.path.join(self.build_lib, new): old for new, old in mim_files().items()}

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """List every file that is built."""
        return super().get_outputs(include_bytecode) + list(self.mim_mapping())

    def get_output_mapping(self) -> dict[str, str]:
        """Map every file that is built to its source, for strict editable installs."""
        return {**super().get_output_mapping(), **self.mim_mapping()}


class DevelopWithMim(develop):
    """The older form of an editable install."""

    def run(self) -> None:
        """Link .mim, then install."""
        link_mim()
        super().run()


def read(name: str) -> str:
    """Read a file of the root, or nothing where it is missing."""
    path = ROOT / name
    return path.read_text(encoding='utf-8') if path.is_file() else ''


setup(
    name=PACKAGE,
    version=re.search(r"__version__ = '(.+)'", read(f'{PACKAGE}/version.py')).group(1),
    description='A learned image downsizer in front of any MMDetection or MMSegmentation model',
    long_description=read('README.md'),
    long_description_content_type='text/markdown',
    author='The mmdownsize authors',
    license='Apache-2.0',
    keywords='computer vision, object detection, semantic segmentation, image downsampling',
    classifiers=[
        'Development Status :: 4 - Beta',
        'Intended Audience :: Science/Research',
        'License :: OSI Approved :: Apache Software License',
        'Operating System :: POSIX',
        'Programming Language :: Python :: 3.10',
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Topic :: Scientific/Engineering :: Image Processing',
    ],
    packages=find_packages(include=[f'{PACKAGE}*']),
    include_package_data=False,
    package_data={f'{PACKAGE}.weights': ['*.pth', '*.json']},
    python_requires='>=3.10',
    install_requires=['torch>=2.6', 'mmengine>=0.10.7', 'numpy'],
    extras_require={
        # Not hard requirements: their maintained forks have other names and the same modules.
        'openmmlab': [
            'mmcv>=2.1.0,<2.2.0',
            'mmdet>=3.3.0,<4',
            'mmsegmentation>=1.2.2,<2',
            'pycocotools',
            'ftfy',
            'regex',
        ],
        # Triton comes with the torch of CUDA; elsewhere its interpreter tests the fused kernels.
        'dev': ['pytest', 'pytest-xdist', 'ruff', 'triton; sys_platform == "linux"'],
    },
    cmdclass={'build_py': BuildWithMim, 'develop': DevelopWithMim},
    zip_safe=False,
)
