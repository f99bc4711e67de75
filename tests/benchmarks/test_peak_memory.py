import pytest
import torch

from mmdownsize.benchmarks.peak_memory import peak_memory

MIB = 2**20


def allocate(first, second, before=0):
    """Hold `first` MiB, let it go, hold `second`; `before` are there already."""
    kept = torch.ones(before * MIB, dtype=torch.uint8)

    def step():
        for size in (first, second):
            torch.ones(size * MIB, dtype=torch.uint8)
        return kept

    return step


def fail():
    raise ValueError('no step')


@pytest.mark.parametrize('sizes', [(60, 0), (20, 60), (60, 20, 40)])
def test_peak_is_what_the_step_holds_at_once(sizes):
    held = torch.ones(200 * MIB, dtype=torch.uint8)  # here, not in the process that is measured
    peak = peak_memory(allocate, sizes, warm_up=(1, 1))
    assert peak == pytest.approx(60 * MIB, abs=2 * MIB)
    assert len(held) == 200 * MIB


def test_what_the_small_step_left_does_not_hide_the_step():
    assert peak_memory(allocate, (20, 0), warm_up=(30, 30)) >= 18 * MIB


def test_errors_of_the_process_are_raised_here():
    with pytest.raises(ValueError, match='no step'):
        peak_memory(fail, (), warm_up=())
