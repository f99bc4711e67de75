"""What all tests and doctests share."""

from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

ROOT = Path(__file__).parent
# Imported by its tests, which first choose between a GPU and Triton's interpreter.
collect_ignore = ['mmdownsize/ops/fused.py']
# For doctests, each would be imported as the module `conftest`, and only one can be.
collect_ignore_glob = ['*/conftest.py']


def pytest_configure(config: pytest.Config) -> None:
    """Use one thread: on small tensors, threads that wait for each other cost more."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Seed torch."""
    torch.manual_seed(0)


@pytest.fixture(scope='module', autouse=True)
def no_scope() -> None:
    """Forget the default scope that the runner of an earlier module has set."""
    DefaultScope._instance_dict.clear()


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in the root of the repository, from which configs and data are named."""
    monkeypatch.chdir(ROOT)
    return ROOT
