import pytest
import torch

from mmdownsize.benchmarks.timing import interleave, ratio, stopwatch, summarize


class Clock:
    """Time that passes only when a step says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self.done = []

    def __call__(self) -> float:
        return self.now

    def step(self, name, seconds):
        def run():
            self.done.append(name)
            self.now += seconds

        return run


def test_measures_are_taken_in_turn_and_the_warm_up_does_not_count():
    clock = Clock()
    durations = iter([9.0, 1.0, 2.0, 3.0])
    measures = dict(
        slow=stopwatch(lambda: clock.step('slow', next(durations))(), clock=clock),
        fast=stopwatch(clock.step('fast', 0.5), clock=clock),
    )
    times = interleave(measures, 3)
    assert clock.done == ['slow', 'fast'] * 4
    assert times == dict(slow=[1.0, 2.0, 3.0], fast=[0.5, 0.5, 0.5])


def test_no_warm_up():
    taken = []
    times = interleave(dict(one=lambda: taken.append(1) or 2.0), 2, warm_up=0)
    assert times == dict(one=[2.0, 2.0]) and len(taken) == 2


@pytest.mark.parametrize('rounds, warm_up', [(0, 1), (1, -1)])
def test_counts_out_of_range_are_refused(rounds, warm_up):
    with pytest.raises(ValueError, match=f'got {rounds} and {warm_up}'):
        interleave({}, rounds, warm_up=warm_up)


def test_summary_holds_median_and_quartiles_in_milliseconds():
    summary = summarize(dict(bilinear=[0.001] * 5, dsnet=[0.005, 0.001, 0.002, 0.004, 0.003]))
    assert summary['dsnet'] == pytest.approx(dict(median_ms=3, lower_ms=2, upper_ms=4, ratio=3))
    assert summary['bilinear']['ratio'] == 1


def test_summary_of_one_round():
    assert summarize(dict(bilinear=[2.0]))['bilinear'] == dict(
        median_ms=2000, lower_ms=2000, upper_ms=2000, ratio=1
    )


def test_summary_without_the_reference_has_no_ratio():
    assert summarize(dict(area=[1.0]))['area']['ratio'] is None


def test_ratio_is_taken_round_by_round():
    slow_machine = [1.0, 10.0, 100.0]
    assert ratio([2 * seconds for seconds in slow_machine], slow_machine) == 2
    # the medians themselves say 1
    assert ratio([3.0, 1.0, 2.0], [2.0, 2.0, 1.0]) == 1.5


def test_device_may_be_named_or_given():
    for device in ('cpu', torch.device('cpu')):
        assert stopwatch(lambda: None, device, clock=Clock())() == 0
