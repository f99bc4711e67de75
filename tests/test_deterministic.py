"""Deterministic algorithms: chosen on CUDA alone."""

import os

import torch

from mmdownsize.deterministic import make_deterministic


def test_a_cpu_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    make_deterministic()
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.backends.cudnn.deterministic


def test_on_cuda_what_torch_cannot_do_in_order_is_a_warning(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.backends.cudnn, 'deterministic', False)
    monkeypatch.setattr(torch.utils.deterministic, 'fill_uninitialized_memory', True)
    monkeypatch.setenv('CUBLAS_WORKSPACE_CONFIG', ':16:8')
    try:
        make_deterministic()
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert torch.backends.cudnn.deterministic
        assert os.environ['CUBLAS_WORKSPACE_CONFIG'] == ':16:8'  # the user's own
    finally:
        torch.use_deterministic_algorithms(False)
