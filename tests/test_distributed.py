"""Two gloo processes over half the batch each are one process over the whole batch."""

import time
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from toy import run_processes, toy_config

from mmdownsize.checkpoint import load_from_local
from mmdownsize.config import build_runner, leave_processes

FSDP = Path(__file__).parents[1] / 'configs' / '_base_' / 'fsdp.py'


def train(work_dir: Path, launcher: str, batch_size: int, changes: dict) -> None:
    config = toy_config(work_dir, batch_size=batch_size, epochs=3, **changes)
    runner = build_runner(config, launcher=launcher)
    runner.train()
    if runner.rank == 0:
        torch.save(runner.optim_wrapper.gradients, work_dir / 'gradients.pth')


def outcome(work_dir: Path) -> tuple[list, dict]:
    gradients = torch.load(work_dir / 'gradients.pth')
    return gradients, load_from_local(work_dir / 'epoch_3.pth')['state_dict']


@pytest.fixture(scope='module')
def one_process(tmp_path_factory):
    work_dir = tmp_path_factory.mktemp('one')
    train(work_dir, 'none', 4, {})
    return outcome(work_dir)


def assert_same_weights(ours: dict, theirs: dict) -> None:
    assert ours.keys() == theirs.keys()
    for name, weight in ours.items():
        torch.testing.assert_close(theirs[name], weight, atol=1e-6, rtol=1e-5)


def test_two_ddp_processes_equal_one(tmp_path, one_process):
    run_processes(train, tmp_path, 'pytorch', 2, {})
    (gradients, weights), (their_gradients, their_weights) = one_process, outcome(tmp_path)
    assert len(gradients) == len(their_gradients) == 3
    for ours, theirs in zip(gradients, their_gradients, strict=True):
        assert len(ours) == len(theirs) == 8  # the model's convolution, and three of DownsizeNet
        for one_gradient, two_gradient in zip(ours, theirs, strict=True):
            assert one_gradient.abs().sum() > 0
            torch.testing.assert_close(two_gradient, one_gradient, atol=1e-6, rtol=1e-4)
    assert_same_weights(weights, their_weights)


def test_two_fully_sharded_processes_equal_one(tmp_path, one_process):
    changes = Config.fromfile(FSDP).to_dict()
    changes['strategy']['state_dict_cfg'] = dict(
        # 'full' without the move to the CPU, which torch's own crashes at when all is there
        state_dict_type='FULL_STATE_DICT',
        state_dict_config=dict(type='FullStateDictConfig', rank0_only=True),
        optim_state_dict_config=dict(type='FullOptimStateDictConfig', rank0_only=True),
    )
    run_processes(train, tmp_path, 'pytorch', 2, changes)
    assert_same_weights(one_process[1], outcome(tmp_path)[1])


def leave(work_dir: Path) -> None:
    torch.distributed.init_process_group('gloo')
    rank = torch.distributed.get_rank()
    if rank == 1:
        time.sleep(1)
        (work_dir / 'late').touch()
    leave_processes()
    assert not torch.distributed.is_initialized()
    assert (work_dir / 'late').exists()  # the other one was waited for
    torch.distributed.init_process_group('gloo')  # which the caller closes


def test_processes_leave_together(tmp_path):
    run_processes(leave, tmp_path)


def test_process_that_is_left_behind_at_the_barrier_leaves_too(monkeypatch):
    """A peer that is through closes its connections while this one still waits for its word."""
    calls = []

    def barrier():
        calls.append('barrier')
        raise RuntimeError('Connection closed by peer')

    monkeypatch.setattr(torch.distributed, 'is_initialized', lambda: True)
    monkeypatch.setattr(torch.distributed, 'barrier', barrier)
    monkeypatch.setattr(torch.distributed, 'destroy_process_group', lambda: calls.append('destroy'))
    leave_processes()
    assert calls == ['barrier', 'destroy']


def test_one_process_has_nothing_to_leave():
    leave_processes()
    assert not torch.distributed.is_initialized()
