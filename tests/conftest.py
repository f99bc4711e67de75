"""What all tests share."""

from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    # Small tensors: threads that wait for each other cost more than they give.
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in the root of the repository, from which configs and data are named."""
    monkeypatch.chdir(ROOT)
    return ROOT
