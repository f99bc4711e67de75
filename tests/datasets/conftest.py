from pathlib import Path

import pytest

from mmdownsize.datasets import make_texture_set


@pytest.fixture(scope='session')
def texture_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small texture set, not to be changed."""
    root = tmp_path_factory.mktemp('data') / 'texture'
    make_texture_set(root, seed=3, train=6, val=4, size=160)
    return root
