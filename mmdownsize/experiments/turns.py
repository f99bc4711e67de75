"""Runs take turns: each starts as soon as its source is done and a place is free."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from .run import Run


def in_turn(runs: Iterable[Run]) -> list[Run]:
    """List runs, and the sources that they need, each once, in the order of their turns.

    Those with the same settings are one, whatever their names: the one that is met first. Those of
    one seed come before those of the next, so that what is interrupted is an experiment with fewer
    seeds; of one seed, sources come first.

    Example:
        >>> source = Run('configs/mini/deeplabv3plus_dsnet_camvid.py', 'dsnet', 0)
        >>> target = 'configs/transfer/lighthead_dsnet_camvid_det_from_deeplabv3plus_camvid.py'
        >>> run = Run(target, 'dsnet', 0, source=source)
        >>> in_turn([run]) == [source, run]
        True
    """
    ranks: dict[str, tuple[int, int]] = {}
    seeds: dict[int, int] = {}
    found: dict[str, Run] = {}
    for run in runs:
        turn = seeds.setdefault(run.seed, len(seeds))
        for depth, one in enumerate(_chain(run)):
            found.setdefault(one.fingerprint, one)
            rank = turn, depth
            ranks[one.fingerprint] = min(rank, ranks.get(one.fingerprint, rank))
    return sorted(found.values(), key=lambda run: ranks[run.fingerprint])


def take_turns(
    runs: Sequence[Run],
    places: int,
    attempt: Callable[[Run, int, int], str | None],
    stop: Callable[[], None],
) -> dict[str, str]:
    """Carry out runs, the first ones first, but none before its source.

    Args:
        runs: in the order of their turns. A source that is not among them is there already.
        places: runs at a time.
        attempt: carries out a run, and says why it failed, if it did. It gets the run, the number
            of its start, from 1, and its place, from 0, in a thread of its own.
        stop: has all that is under way end soon. It is called if this function is interrupted.

    Returns:
        Of each run that failed, its identity and the reason.
    """
    reasons: dict[str, str] = {}  # by fingerprint: a source may have two names
    waiting, free = list(runs), list(range(places))
    doing: dict[Future, tuple[Run, int]] = {}
    number = 0
    with ThreadPoolExecutor(places) as pool:
        try:
            while waiting or doing:
                undone = {
                    one.fingerprint for one in (*waiting, *(run for run, _ in doing.values()))
                }
                for run in waiting[:]:
                    source = run.source and run.source.fingerprint
                    if source in reasons:
                        reasons[run.fingerprint] = f'its source {run.source.name} failed'
                        waiting.remove(run)
                    elif free and source not in undone:
                        number, place = number + 1, free.pop(0)
                        doing[pool.submit(attempt, run, number, place)] = run, place
                        waiting.remove(run)
                for future in wait(doing, return_when=FIRST_COMPLETED).done:
                    run, place = doing.pop(future)
                    free.append(place)
                    if reason := future.result():
                        reasons[run.fingerprint] = reason
        except BaseException:
            stop()
            raise
    return {run.identity: reasons[run.fingerprint] for run in runs if run.fingerprint in reasons}


def _chain(run: Run) -> list[Run]:
    """List a run and what it needs, first what comes first."""
    return [*([] if run.source is None else _chain(run.source)), run]
