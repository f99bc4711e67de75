"""Run fused_kernels.py in a process of its own: Triton chooses its interpreter when imported."""

import importlib.util
import os
import subprocess
import sys

import pytest
import torch


@pytest.mark.skipif(importlib.util.find_spec('triton') is None, reason='Triton is not installed')
def test_fused_kernels_on_the_gpu_or_in_the_interpreter(root):
    env = dict(os.environ)
    if not torch.cuda.is_available():
        env['TRITON_INTERPRET'] = '1'
    run = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', 'tests/ops/fused_kernels.py'],
        env=env,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0 and ' passed' in run.stdout, run.stdout[-4000:] + run.stderr[-2000:]
