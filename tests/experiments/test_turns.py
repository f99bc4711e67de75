"""Attempts here are functions that wait for each other."""

from dataclasses import replace
from threading import Barrier, Event

import pytest

from mmdownsize.experiments import turns
from mmdownsize.experiments.run import Run
from mmdownsize.experiments.turns import in_turn, take_turns

SOURCE = 'configs/mini/deeplabv3plus_dsnet_camvid.py'
TRANSFER = 'configs/transfer/lighthead_dsnet_camvid_det_from_deeplabv3plus_camvid.py'
SOON = 10  # seconds that one attempt waits for another
pytestmark = pytest.mark.usefixtures('root')


def transfers(seeds, names=('dsnet',)):
    return [
        Run(TRANSFER, name, seed, source=Run(SOURCE, name, seed))
        for seed in seeds
        for name in names
    ]


def never():
    raise AssertionError('nothing was interrupted')


def test_seed_after_seed_and_sources_first():
    runs = in_turn(transfers((3, 1), ('dsnet', 'dsnet4')))
    assert [(run.seed, run.source is None, run.interpolator) for run in runs] == [
        (seed, first, name)
        for seed in (3, 1)
        for first in (True, False)
        for name in ('dsnet', 'dsnet4')
    ]


def test_what_is_needed_twice_has_one_turn_the_earlier_one():
    (run,) = transfers([1])
    other = replace(run, seed=0)  # of the same source
    assert in_turn([run, run.source, other]) == [run.source, run, other]


def test_one_place_is_taken_in_the_order_of_the_turns():
    runs, taken = in_turn(transfers((0, 1), ('dsnet', 'dsnet4'))), []
    assert take_turns(runs, 1, lambda *args: taken.append(args), never) == {}
    assert taken == [(run, number, 0) for number, run in enumerate(runs, 1)]


def test_seeds_share_the_places():
    together = Barrier(2)
    places = []

    def attempt(run, number, place):
        together.wait(SOON)
        places.append(place)

    assert take_turns([Run(SOURCE, 'dsnet', seed) for seed in (0, 1)], 2, attempt, never) == {}
    assert sorted(places) == [0, 1]


def test_run_waits_for_its_own_source_alone():
    runs = in_turn(transfers([0], ('dsnet', 'dsnet4')))
    started, done = Event(), []

    def attempt(run, number, place):
        if run == runs[1]:  # the second source, for which the first run does not wait
            assert started.wait(SOON)
        elif run.source is not None:
            assert run.source in done
            started.set()
        done.append(run)

    assert take_turns(runs, 2, attempt, never) == {}
    assert done == [runs[0], runs[2], runs[1], runs[3]]


def test_source_that_is_not_among_the_runs_is_there_already():
    (run,), taken = transfers([0]), []
    assert take_turns([run], 1, lambda run, *_: taken.append(run), never) == {}
    assert taken == [run]


def test_failure_stops_what_builds_on_it_and_nothing_else():
    first, other = transfers((0, 1))
    last = replace(first, interpolator='dsnet4', source=first)
    runs, taken = in_turn([last, other]), []

    def attempt(run, number, place):
        taken.append(run)
        return 'no' if run == first.source else None

    assert take_turns(runs, 2, attempt, never) == {
        first.source.identity: 'no',
        first.identity: f'its source {first.source.name} failed',
        last.identity: f'its source {first.name} failed',
    }
    assert taken == [first.source, other.source, other]


def test_source_that_failed_under_another_name_fails_what_builds_on_it():
    (run,) = transfers([0])
    other = replace(run.source, varied={'train_cfg.max_epochs': 30})  # as it is without
    assert in_turn([other, run]) == [other, run]
    assert take_turns([other, run], 1, lambda *_: 'no', never) == {
        other.identity: 'no',
        run.identity: f'its source {run.source.name} failed',
    }


def test_interruption_ends_what_is_under_way_and_starts_nothing(monkeypatch):
    stopped, ended = Event(), []

    def attempt(run, number, place):
        ended.append((run, stopped.wait(SOON)))

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(turns, 'wait', interrupted)
    runs = [Run(SOURCE, 'dsnet', seed) for seed in range(3)]
    with pytest.raises(KeyboardInterrupt):
        take_turns(runs, 1, attempt, stopped.set)
    assert ended == [(runs[0], True)]
